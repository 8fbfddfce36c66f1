using System.Buffers.Binary;
using System.Buffers.Text;
using Workers.Engine.Log;

namespace Workers.Api.Feeds;

/// <summary>
/// How far somebody has read some topics: of each partition the offset that comes next. Written it is opaque, and says only what the same topics of the same
/// log can go on from.
/// </summary>
internal sealed class FeedPlace
{
    private const int IdentityLength = 4;
    private const int MaxText = 4_096;

    private readonly Dictionary<PartitionId, int> _index = [];
    private readonly PartitionId[] _partitions;
    private readonly long[] _next;
    private readonly uint _identity;

    private FeedPlace(PartitionId[] partitions, long[] next, uint identity)
    {
        (_partitions, _next, _identity) = (partitions, next, identity);
        for (var i = 0; i < partitions.Length; i++)
        {
            _index[partitions[i]] = i;
        }
    }

    /// <summary>Nothing was read yet: reading begins with the oldest record there is.</summary>
    public bool IsFirst { get; private set; }

    /// <summary>It is one in another log, or in this one when it had other partitions: nothing can be read from it.</summary>
    public bool IsElsewhere { get; private set; }

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
        var bytes = new byte[Base64Url.GetMaxDecodedLength(Math.Min(text.Length, MaxText))];
        if (text.Length > MaxText || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length <= IdentityLength)
        {
            return null;
        }

        place.IsElsewhere = BinaryPrimitives.ReadUInt32BigEndian(bytes) != place._identity;
        var (at, count) = (IdentityLength, 0);
        for (; at < length; count++)
        {
            if (!TryRead(bytes.AsSpan(0, length), ref at, out var next))
            {
                return null;
            }

            if (count < place._next.Length)
            {
                place._next[count] = next;
            }
        }

        return count == place._next.Length || place.IsElsewhere ? place : null;
    }

    public FeedPlace Copy() => new(_partitions, [.. _next], _identity) { IsElsewhere = IsElsewhere };

    /// <summary>Everything of the partition before this offset was read.</summary>
    public void Pass(PartitionId partition, long next)
    {
        _next[_index[partition]] = next;
        IsFirst = false;
    }

    /// <summary>Goes to where the other is.</summary>
    public void MoveTo(FeedPlace other)
    {
        other._next.CopyTo(_next, 0);
        (IsFirst, IsElsewhere) = (false, false);
    }

    /// <summary>Whether the other has read nothing of these partitions that this one has not.</summary>
    public bool Covers(FeedPlace other) => !IsElsewhere && Array.TrueForAll(_partitions, p => this[p] >= other[p]);

    /// <summary>The log's identity, then for each partition a number of seven bits after the other, the lowest first; base64url.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[IdentityLength + (Math.Min(1_000, _next.Length) * 10)];
        bytes = _next.Length > 1_000 ? new byte[IdentityLength + (_next.Length * 10)] : bytes;
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _identity);
        var length = IdentityLength;
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

        // A topic that has other partitions than it had has other places too.
        var identity = topics.Aggregate(log.Identity, (all, topic) => unchecked((all * 31) + (uint)log.Partitions(topic)));
        return new FeedPlace(partitions, new long[partitions.Length], identity) { IsFirst = isFirst };
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
