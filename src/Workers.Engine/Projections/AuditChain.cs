using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Engine.Projections;

/// <summary>How audit entries are chained, the same in every store.</summary>
public static class AuditChain
{
    private const long Day = 86_400_000;
    private const int Kept = 64 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>Days since 1970-01-01 (UTC).</summary>
    public static int DayOf(long atMs) => (int)(atMs / Day);

    /// <summary>The day's first millisecond.</summary>
    public static long StartOf(int day) => day * Day;

    /// <summary>
    /// SHA-256 over the hash before it (empty for the first of a chain) and every member of the entry but its own hash, each preceded by its length
    /// (Int32 LE; -1: null), texts in UTF-8, numbers as Int64 LE, ids as 16 big-endian bytes.
    /// </summary>
    public static byte[] Hash(ReadOnlySpan<byte> previous, AuditEntry entry)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(1_024);
        buffer.ResetWrittenCount();
        Add(buffer, previous);
        Add(buffer, entry.Id);
        Add(buffer, entry.Partition.Topic);
        Add(buffer, entry.Partition.Number);
        Add(buffer, entry.Offset);
        Add(buffer, entry.AtMs);
        foreach (var text in (ReadOnlySpan<string?>)[entry.EntityType, entry.EntityId, entry.Action, entry.Type, entry.Kind])
        {
            Add(buffer, text);
        }

        Add(buffer, entry.CommandId);
        foreach (var text in (ReadOnlySpan<string?>)[entry.UserId, entry.Actor, entry.ClientAddress, entry.UserAgent])
        {
            Add(buffer, text);
        }

        Add(buffer, entry.Changes);
        Add(buffer, entry.Reason);
        Add(buffer, entry.Outcome);
        var hash = SHA256.HashData(buffer.WrittenSpan);
        if (buffer.Capacity > Kept)
        {
            t_buffer = null;
        }

        return hash;
    }

    private static void Add(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> value)
    {
        Length(buffer, value.Length);
        buffer.Write(value);
    }

    private static void Add(ArrayBufferWriter<byte> buffer, string? value)
    {
        Length(buffer, value is null ? -1 : Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value ?? "", buffer);
    }

    private static void Add(ArrayBufferWriter<byte> buffer, long value)
    {
        Length(buffer, 8);
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    private static void Add(ArrayBufferWriter<byte> buffer, Guid? value)
    {
        if (value is not { } id)
        {
            Length(buffer, -1);
            return;
        }

        Length(buffer, 16);
        id.TryWriteBytes(buffer.GetSpan(16), bigEndian: true, out _);
        buffer.Advance(16);
    }

    private static void Length(ArrayBufferWriter<byte> buffer, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(4), length);
        buffer.Advance(4);
    }
}
