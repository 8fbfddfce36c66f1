using System.Globalization;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>A chain: its day since 1970-01-01 (UTC) and its partition.</summary>
internal readonly record struct ChainKey(int Day, PartitionId Partition)
{
    public static ChainKey Of(AuditEntry entry) => new(AuditChain.DayOf(entry.AtMs), entry.Partition);

    public static ChainKey Parse(string text)
    {
        var (first, last) = (text.IndexOf('/', StringComparison.Ordinal), text.LastIndexOf('/'));
        return new ChainKey(
            int.Parse(text.AsSpan(0, first), CultureInfo.InvariantCulture),
            new PartitionId(text[(first + 1)..last], int.Parse(text.AsSpan(last + 1), CultureInfo.InvariantCulture)));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Day}/{Partition.Topic}/{Partition.Number}");
}
