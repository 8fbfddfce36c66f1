using System.Buffers.Text;
using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>
/// How far somebody has read some topics: of each partition the offset that comes next. Written it is opaque, and says only what the same topics can go on from.
/// </summary>
internal sealed class FeedPlace
{
    private readonly Dictionary<PartitionId, int> _index = [];
    private readonly PartitionId[] _partitions;
    private readonly long[] _next;

    private FeedPlace(PartitionId[] partitions, long[] next)
    {
        (_partitions, _next) = (partitions, next);
        for (var i = 0; i < partitions.Length; i++)
        {
            _index[partitions[i]] = i;
        }
    }

    /// <summary>Nothing was read yet: reading begins with the oldest record there is.</summary>
    public bool IsFirst { get; private set; }

    public IReadOnlyList<PartitionId> Partitions => _partitions;

    public long this[PartitionId partition] => _next[_index[partition]];

    /// <summary>Before the first record there ever was.</summary>
    public static FeedPlace First(ILog log, IReadOnlyList<string> topics) => Of(log, topics, isFirst: true);

    /// <summary>Behind the last record there is.</summary>
    public static async ValueTask<FeedPlace> LastAsync(ILog log, IReadOnlyList<string> topics, CancellationToken cancellation)
    {
        var place = Of(log, topics, isFirst: false);
        foreach (var topic in topics)
        {
            var ends = await log.EndsAsync(topic, cancellation);
            for (var n = 0; n < ends.Count; n++)
            {
                place.Pass(new PartitionId(topic, n), ends[n]);
            }
        }

        return place;
    }

    /// <summary>Null where the text is none of these topics'.</summary>
    public static FeedPlace? Read(ILog log, IReadOnlyList<string> topics, string text)
    {
        var place = Of(log, topics, isFirst: false);
        var bytes = new byte[Base64Url.GetMaxDecodedLength(Math.Min(text.Length, 4_096))];
        if (text.Length > 4_096 || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
        {
            return null;
        }

        var at = 0;
        for (var i = 0; i < place._next.Length; i++)
        {
            if (!TryRead(bytes.AsSpan(0, length), ref at, out place._next[i]))
            {
                return null;
            }
        }

        return at == length ? place : null;
    }

    public FeedPlace Copy() => new(_partitions, [.. _next]);

    /// <summary>Everything of the partition before this offset was read.</summary>
    public void Pass(PartitionId partition, long next)
    {
        _next[_index[partition]] = next;
        IsFirst = false;
    }

    /// <summary>Goes to where the other is.</summary>
    public void MoveTo(FeedPlace other) => other._next.CopyTo(_next, 0);

    /// <summary>Whether the other has read nothing that this one has not.</summary>
    public bool Covers(FeedPlace other) => !_next.Where((next, i) => next < other._next[i]).Any();

    /// <summary>A number of seven bits after the other, the lowest first, for each partition; base64url.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Math.Min(1_000, _next.Length) * 10];
        bytes = _next.Length > 1_000 ? new byte[_next.Length * 10] : bytes;
        var length = 0;
        foreach (var next in _next)
        {
            var left = (ulong)next;
            for (; left > 0x7f; left >>= 7)
            {
                bytes[length++] = (byte)(left | 0x80);
            }

            bytes[length++] = (byte)left;
        }

        return Base64Url.EncodeToString(bytes[..length]);
    }

    private static FeedPlace Of(ILog log, IReadOnlyList<string> topics, bool isFirst)
    {
        PartitionId[] partitions = [.. topics.SelectMany(t => Enumerable.Range(0, log.Partitions(t)).Select(n => new PartitionId(t, n)))];
        return new FeedPlace(partitions, new long[partitions.Length]) { IsFirst = isFirst };
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        value = 0;
        for (var shift = 0; at < bytes.Length && shift < 63; shift += 7)
        {
            var one = bytes[at++];
            value |= (long)(one & 0x7f) << shift;
            if (one <= 0x7f)
            {
                return true;
            }
        }

        return false;
    }
}
