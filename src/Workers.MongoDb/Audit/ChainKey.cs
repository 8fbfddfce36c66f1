using System.Globalization;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>A chain: its day since 1970-01-01 (UTC) and its partition.</summary>
internal readonly record struct ChainKey(int Day, PartitionId Partition)
{
    public static ChainKey Of(AuditEntry entry) => new(AuditChain.DayOf(entry.AtMs), entry.Partition);

    public static ChainKey Parse(string text) => TryParse(text) ?? throw new FormatException($"'{text}' names no chain of the audit trail.");

    /// <summary>Null where it names no chain.</summary>
    public static ChainKey? TryParse(string text)
    {
        var (first, last) = (text.IndexOf('/', StringComparison.Ordinal), text.LastIndexOf('/'));
        return last > first && first > 0 && int.TryParse(text.AsSpan(0, first), CultureInfo.InvariantCulture, out var day)
            && int.TryParse(text.AsSpan(last + 1), CultureInfo.InvariantCulture, out var number)
            ? new ChainKey(day, new PartitionId(text[(first + 1)..last], number))
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Day}/{Partition.Topic}/{Partition.Number}");
}
