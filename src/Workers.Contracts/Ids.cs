using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Contracts;

/// <summary>How ids are made. A Guid is 16 big-endian bytes in the database and a lower-case string on the wire.</summary>
public static class Ids
{
    /// <summary>A new UUIDv7: its first 48 bits are the time in milliseconds, so rows made together lie together.</summary>
    public static Guid New(DateTimeOffset now) => Guid.CreateVersion7(now);

    /// <summary>The lowest UUIDv7 of a time: those below it are older.</summary>
    public static Guid First(long timestampMs)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, timestampMs) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The id of a record that another system put on a topic: the same for every reader, ordered by time (UUIDv7 layout).</summary>
    public static Guid Foreign(string topic, int partition, long offset, long timestampMs) =>
        Version7(timestampMs, $"{topic}/{partition}/{offset}");

    /// <summary>An id made from another one and a name: the same at every attempt (UUIDv7 layout, the time of <paramref name="parent"/>).</summary>
    public static Guid Derived(Guid parent, string name) => Version7(TimestampMs(parent), $"{parent:N}/{name}");

    /// <summary>
    /// The id of the <paramref name="ordinal"/>-th thing that a record causes: keeps the parent's time, mixes the rest (splitmix64), so a repeated
    /// attempt makes the same ids. Cheap: made several times a record.
    /// </summary>
    public static Guid Child(Guid parent, int ordinal)
    {
        Span<byte> bytes = stackalloc byte[16];
        parent.TryWriteBytes(bytes, bigEndian: true, out _);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) + ((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) << 48);
        low += 0x9e3779b97f4a7c15UL * (ulong)ordinal;
        low = (low ^ (low >> 30)) * 0xbf58476d1ce4e5b9UL;
        low = (low ^ (low >> 27)) * 0x94d049bb133111ebUL;
        low ^= low >> 31;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (low & 0x3fffffffffffffffUL) | 0x8000000000000000UL);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>An id from a caller's key, for commands that carry a key but no aggregate id: repeats meet in one partition.</summary>
    public static Guid OfCaller(string caller, string command, string key)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash($"caller\n{caller}\n{command}\n{key}", hash);
        return Version8(hash);
    }

    /// <summary>
    /// A saga's instance id from its business key. It keeps the time of a key that is a UUIDv7 (as made by the doors), so that instances which
    /// began together lie together in the store, and what is derived from them too.
    /// </summary>
    public static Guid Flow(string saga, string key)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash($"{saga}\n{key}", hash);
        if (Guid.TryParseExact(key, "D", out var id) && id.Version == 7)
        {
            Span<byte> time = stackalloc byte[16];
            id.TryWriteBytes(time, bigEndian: true, out _);
            time[..6].CopyTo(hash);
        }

        return Version8(hash);
    }

    /// <summary>
    /// The id of the command that a schedule's time makes: the same wherever and however often it is asked for. It begins with that time, as a UUIDv7 does, and is a
    /// UUIDv8 of SHA-256.
    /// </summary>
    public static Guid Fire(string schedule, long atMs)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash($"schedule\n{schedule}\n{atMs}", hash);
        BinaryPrimitives.WriteInt64BigEndian(hash, (atMs << 16) | BinaryPrimitives.ReadUInt16BigEndian(hash[6..]));
        return Version8(hash);
    }

    /// <summary>Whether it may be one of those that <see cref="Fire"/> makes; no other command has such an id.</summary>
    public static bool IsOfSchedule(Guid id) => id.Version == 8;

    /// <summary>Milliseconds since 1970 of a UUIDv7.</summary>
    public static long TimestampMs(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
    }

    private static Guid Version7(long timestampMs, string name)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash(name, hash);
        BinaryPrimitives.WriteInt64BigEndian(hash, (timestampMs << 16) | BinaryPrimitives.ReadUInt16BigEndian(hash[6..]));
        hash[6] = (byte)(0x70 | (hash[6] & 0x0f));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3f));
        return new Guid(hash[..16], bigEndian: true);
    }

    private static Guid Version8(Span<byte> hash)
    {
        hash[6] = (byte)(0x80 | (hash[6] & 0x0f));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3f));
        return new Guid(hash[..16], bigEndian: true);
    }

    private static void Hash(string text, Span<byte> hash)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var bytes = Encoding.UTF8.GetByteCount(text) <= buffer.Length ? buffer[..Encoding.UTF8.GetBytes(text, buffer)] : Encoding.UTF8.GetBytes(text);
        SHA256.HashData(bytes, hash);
    }
}
