using System.Buffers;
using System.Text.Json;
using Workers.Contracts;

namespace Workers.Handlers.Effects.Payments;

/// <summary>
/// What simulated gateways have moved: one line of JSON a movement, appended before it is answered, so that after a crash a repeated key is known. A
/// line that a crash cut off was not answered and is dropped. Not synced: the operating system going down may lose the last lines.
/// </summary>
internal sealed class SimulatedLedger(string path, TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Guid> _known = [];
    private readonly ArrayBufferWriter<byte> _line = new(256);
    private FileStream? _file;

    /// <summary>Notes a movement; false where its key is known already, and then nothing is written.</summary>
    /// <param name="kind"><c>charge</c> or <c>refund</c>; keys of one say nothing about the other.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="payment">The payment's id.</param>
    /// <param name="amount">In the payment's currency.</param>
    public bool TryAdd(string kind, string key, string payment, decimal amount)
    {
        lock (_lock)
        {
            _file ??= Open();
            var hash = Hash(kind, key);
            if (_known.Contains(hash))
            {
                return false;
            }

            _line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_line))
            {
                json.WriteStartObject();
                json.WriteString("kind", kind);
                json.WriteString("key", key);
                json.WriteString("payment", payment);
                json.WriteNumber("amount", amount);
                json.WriteString("at", clock.GetUtcNow().UtcDateTime);
                json.WriteEndObject();
            }

            _line.Write("\n"u8);
            Append(_line.WrittenSpan);
            _known.Add(hash);
            return true;
        }
    }

    public void Dispose() => _file?.Dispose();

    // On a full disk a part of the line may be there: the file is read anew before the next one.
    private void Append(ReadOnlySpan<byte> line)
    {
        try
        {
            _file!.Write(line);
        }
        catch (IOException)
        {
            _file!.Dispose();
            _file = null;
            _known.Clear();
            throw;
        }
    }

    private FileStream Open()
    {
        // Unbuffered: each line is one write.
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var end = 0L;
        var number = 0;
        foreach (var line in Lines(file))
        {
            number++;
            try
            {
                using var json = JsonDocument.Parse(line);
                _known.Add(Hash(json.RootElement.GetProperty("kind").GetString()!, json.RootElement.GetProperty("key").GetString()!));
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                file.Dispose();
                throw new InvalidDataException($"Line {number} of {path} is damaged; what was charged is not known. Repair it or move it away.", error);
            }

            end += line.Length + 1;
        }

        file.SetLength(end);
        file.Position = end;
        return file;
    }

    /// <summary>The complete lines: what is behind the last line feed is left out.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Lines(FileStream file)
    {
        using var buffer = new MemoryStream();
        file.CopyTo(buffer);
        var rest = new ReadOnlyMemory<byte>(buffer.GetBuffer(), 0, (int)buffer.Length);
        for (var at = rest.Span.IndexOf((byte)'\n'); at >= 0; at = rest.Span.IndexOf((byte)'\n'))
        {
            yield return rest[..at];
            rest = rest[(at + 1)..];
        }
    }

    private static Guid Hash(string kind, string key) => Ids.OfCaller("simulated", kind, key);
}
