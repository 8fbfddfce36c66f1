using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>
/// Which commands partitions have set aside, for lists that say of each that waits whether it is tried again: read once a second, however many lists are asked for, and
/// kept without what the commands say. A list may tell of another attempt up to a second late; a command's own page asks anew.
/// </summary>
internal sealed class ParkedGlance(StateReaders readers, TimeProvider clock)
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);

    private Glance? _last;

    /// <summary>By the command's id; no more than <see cref="CommandLookup.MostParked"/>.</summary>
    public IReadOnlyDictionary<Guid, ParkedRow> Look()
    {
        if (Volatile.Read(ref _last) is { } last && clock.GetElapsedTime(last.At) < s_fresh)
        {
            return last.Rows;
        }

        var at = clock.GetTimestamp();
        using var loan = readers.Rent();
        var rows = loan.Reader.ParkedRows(CommandLookup.Group, CommandLookup.MostParked, static (_, row) => row with { Record = Bare(row.Record) }).DistinctBy(row => row.Record.Id).ToDictionary(row => row.Record.Id);
        Volatile.Write(ref _last, new Glance(at, rows));
        return rows;
    }

    private static LogRecord Bare(LogRecord record) => new()
    {
        Id = record.Id,
        Topic = record.Topic,
        Key = record.Key,
        TimestampMs = record.TimestampMs,
        Partition = record.Partition,
        Offset = record.Offset,
    };

    private sealed record Glance(long At, IReadOnlyDictionary<Guid, ParkedRow> Rows);
}
