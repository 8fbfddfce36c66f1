using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Workers.Contracts;
using Workers.Contracts.Headers;

namespace Workers.Engine.Log;

/// <summary>
/// A record as stores keep it: checksum (CRC-32C of the rest, UInt32 LE), id (16, big-endian), timestamp (Int64 LE), length of the key
/// (UInt16 LE) and of the headers (Int32 LE), key (UTF-8), headers, value. Topic, partition and offset are beside it.
/// </summary>
public static class RecordCodec
{
    private const int Fixed = 4 + 16 + 8 + 2 + 4;

    /// <summary>At least as many bytes as <see cref="Write"/> needs.</summary>
    public static int MaxLength(LogRecord record) => Fixed + (record.Key.Length * 3) + record.Headers.Bytes.Length + record.Value.Length;

    /// <summary>Returns the length. Throws for a key of more than 65,535 bytes.</summary>
    public static int Write(LogRecord record, Span<byte> target)
    {
        record.Id.TryWriteBytes(target[4..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[20..], record.TimestampMs);
        var key = Encoding.UTF8.GetBytes(record.Key, target[Fixed..]);
        if (key > ushort.MaxValue)
        {
            throw new ArgumentException($"The key of record {record.Id} has {key} bytes; at most 65535 are allowed.", nameof(record));
        }

        var headers = record.Headers.Bytes.Span;
        BinaryPrimitives.WriteUInt16LittleEndian(target[28..], (ushort)key);
        BinaryPrimitives.WriteInt32LittleEndian(target[30..], headers.Length);
        headers.CopyTo(target[(Fixed + key)..]);
        record.Value.Span.CopyTo(target[(Fixed + key + headers.Length)..]);
        var length = Fixed + key + headers.Length + record.Value.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(target, Checksum(target[4..length]));
        return length;
    }

    /// <summary>
    /// The record. Where the checksum does not match: one with the damaged bytes as value, an empty key, an id made from where it lies and the header
    /// <see cref="HeaderName.Reason"/> = <c>checksum</c>.
    /// </summary>
    public static LogRecord Read(ReadOnlySpan<byte> source, string topic, int partition, long offset)
    {
        if (source.Length < Fixed || BinaryPrimitives.ReadUInt32LittleEndian(source) != Checksum(source[4..]))
        {
            return Damaged(source, topic, partition, offset);
        }

        var key = BinaryPrimitives.ReadUInt16LittleEndian(source[28..]);
        var headers = BinaryPrimitives.ReadInt32LittleEndian(source[30..]);
        var rest = source[(Fixed + key)..].ToArray().AsMemory();
        return new LogRecord
        {
            Id = new Guid(source.Slice(4, 16), bigEndian: true),
            Topic = topic,
            Key = Encoding.UTF8.GetString(source.Slice(Fixed, key)),
            TimestampMs = BinaryPrimitives.ReadInt64LittleEndian(source[20..]),
            Headers = new HeaderBlock(rest[..headers]),
            Value = rest[headers..],
            Partition = partition,
            Offset = offset,
        };
    }

    /// <summary>A record with where it lay or belongs before it: topic (length as one byte, UTF-8), partition (Int32 LE), offset (Int64 LE).</summary>
    public static byte[] WriteWhere(LogRecord record)
    {
        var topic = Encoding.UTF8.GetByteCount(record.Topic);
        var target = new byte[13 + topic + Fixed + Encoding.UTF8.GetByteCount(record.Key) + record.Headers.Bytes.Length + record.Value.Length];
        target[0] = checked((byte)topic);
        Encoding.UTF8.GetBytes(record.Topic, target.AsSpan(1));
        BinaryPrimitives.WriteInt32LittleEndian(target.AsSpan(1 + topic), record.Partition);
        BinaryPrimitives.WriteInt64LittleEndian(target.AsSpan(5 + topic), record.Offset);
        Write(record, target.AsSpan(13 + topic));
        return target;
    }

    public static LogRecord ReadWhere(ReadOnlySpan<byte> source)
    {
        var topic = source[0];
        return Read(
            source[(13 + topic)..],
            Encoding.UTF8.GetString(source.Slice(1, topic)),
            BinaryPrimitives.ReadInt32LittleEndian(source[(1 + topic)..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[(5 + topic)..]));
    }

    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var one in bytes[(words.Length * 8)..])
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }

    private static LogRecord Damaged(ReadOnlySpan<byte> source, string topic, int partition, long offset) => new()
    {
        Id = Ids.Foreign(topic, partition, offset, 0),
        Topic = topic,
        Key = "",
        TimestampMs = 0,
        Headers = new HeaderWriter().Add(HeaderName.Reason, "checksum").Take(),
        Value = source.ToArray(),
        Partition = partition,
        Offset = offset,
    };
}
