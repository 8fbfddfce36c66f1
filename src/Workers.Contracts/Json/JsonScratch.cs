using System.Buffers;
using System.Text.Json;

namespace Workers.Contracts.Json;

/// <summary>
/// A writer into memory that the thread keeps, so that a piece of JSON costs no more than its own bytes. Rented and given back (disposed) by one thread, without an
/// await between; who rents while another is out gets a new one.
/// </summary>
public sealed class JsonScratch : IDisposable
{
    private const int Kept = 64 << 10;

    [ThreadStatic]
    private static JsonScratch? t_free;

    private readonly ArrayBufferWriter<byte> _buffer = new(1_024);

    private JsonScratch() => Writer = new Utf8JsonWriter(_buffer, JsonWriting.Options);

    public Utf8JsonWriter Writer { get; }

    /// <summary>What was written so far, as UTF-8; valid until more is written or it is given back.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            Writer.Flush();
            return _buffer.WrittenSpan;
        }
    }

    public static JsonScratch Rent()
    {
        var scratch = t_free ?? new JsonScratch();
        t_free = null;
        return scratch;
    }

    /// <summary>Gives it back, unless it has grown large.</summary>
    public void Dispose()
    {
        // What an exception left half written is dropped first: a writer that is reset to its buffer flushes nothing.
        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
        if (_buffer.Capacity <= Kept)
        {
            t_free = this;
        }
    }
}
