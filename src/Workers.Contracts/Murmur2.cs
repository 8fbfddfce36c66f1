using System.Buffers.Binary;
using System.Text;

namespace Workers.Contracts;

/// <summary>
/// Kafka's default partitioner (murmur2 of the key's UTF-8 bytes, seed 0x9747b28c), so that Java, Node and .NET producers
/// agree on a key's partition. Source: Apache Kafka, <c>org.apache.kafka.common.utils.Utils.murmur2</c>.
/// </summary>
public static class Murmur2
{
    /// <summary>The partition of <paramref name="key"/> among <paramref name="partitions"/>, 0-based.</summary>
    public static int Partition(string key, int partitions)
    {
        if (partitions == 1)
        {
            return 0;
        }

        Span<byte> buffer = stackalloc byte[512];
        var bytes = Encoding.UTF8.GetByteCount(key) <= buffer.Length ? buffer[..Encoding.UTF8.GetBytes(key, buffer)] : Encoding.UTF8.GetBytes(key);
        return (int)((Hash(bytes) & 0x7fffffff) % (uint)partitions);
    }

    public static uint Hash(ReadOnlySpan<byte> data)
    {
        const uint m = 0x5bd1e995;
        var hash = 0x9747b28c ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            var k = BinaryPrimitives.ReadUInt32LittleEndian(data) * m;
            k ^= k >> 24;
            hash = (hash * m) ^ (k * m);
            data = data[4..];
        }

        if (data.Length >= 3)
        {
            hash ^= (uint)data[2] << 16;
        }

        if (data.Length >= 2)
        {
            hash ^= (uint)data[1] << 8;
        }

        if (data.Length >= 1)
        {
            hash = (hash ^ data[0]) * m;
        }

        hash = (hash ^ (hash >> 13)) * m;
        return hash ^ (hash >> 15);
    }
}
