using Microsoft.Extensions.Logging;
using Workers.Contracts.Headers;
using Workers.Engine.Faults;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Follow;

/// <summary>One batch after the other: takes what waits, hands it over, and commits it with the positions.</summary>
internal sealed class FollowBatch(
    IFollowHandler handler, IReadOnlyList<FollowedPartition> partitions, ILog log, FollowCare care, FollowProgress progress, PartitionHistory history,
    GrowthOrder order, FollowSpans? spans, ILogger logger)
{
    private readonly List<LogRecord> _records = [];
    private readonly Dictionary<string, int> _counts = partitions.Select(p => p.Cursor.Partition.Topic).Distinct().ToDictionary(t => t, log.Partitions);
    private int _first;

    /// <summary>Records of the last one.</summary>
    public int Count => _records.Count;

    /// <summary>The youngest of them; 0 where there is none.</summary>
    public long NewestMs => _records.Count == 0 ? 0 : _records.Max(record => record.TimestampMs);

    /// <summary>False where there was nothing to write. Throws what the store threw: what became of the batch is then unknown.</summary>
    public bool Run(long idleAdvance, CancellationToken cancellation, out bool moved)
    {
        moved = false;
        spans?.End(null);
        Gather(care.BatchRecords);
        var moving = partitions.Where(p => p.Moves(idleAdvance, history)).Select(p => (Partition: p, Move: p.Move())).ToList();
        if (moving.Count == 0)
        {
            progress.Looked(partitions);
            return false;
        }

        try
        {
            FailPoint.Hit("follow-before-write");
            var result = handler.CommitAsync(moving.ConvertAll(m => m.Move), cancellation).GetAwaiter().GetResult();
            if (result != FlushResult.Committed)
            {
                moved = true;
                return true;
            }
        }
        catch (Exception error)
        {
            spans?.End(error);
            care.Failed(_records, error);
            throw;
        }

        FailPoint.Hit("follow-after-write");
        spans?.End(null);
        moving.ForEach(m => m.Partition.Committed(m.Move));
        care.Committed(_records.Count);
        progress.Committed(_records.Count);
        progress.Looked(partitions);
        return true;
    }

    // Partitions take turns at being first, so that a full one does not starve the rest.
    private void Gather(int limit)
    {
        _records.Clear();
        for (var i = 0; i < partitions.Count && _records.Count < limit; i++)
        {
            var partition = partitions[(_first + i) % partitions.Count];
            while (_records.Count < limit && partition.Cursor.Pending.Count > 0 && order.MayTake(partition))
            {
                Add(partition.Take());
            }
        }

        _first = partitions.Count == 0 ? 0 : (_first + 1) % partitions.Count;
    }

    private void Add(LogRecord record)
    {
        if (!history.Belongs(record, _counts[record.Topic]))
        {
            // It does not belong here: the commands group puts a copy where its key belongs, and that one is read.
            return;
        }

        if (Unreadable.Of(record.Headers) is { Reason: not Unreadable.Refused })
        {
            // The commands group makes a dead letter of it.
            return;
        }

        if (care.MustSkip(record))
        {
            Skip(record, null);
            return;
        }

        var span = spans?.Begin(record);
        try
        {
            handler.Add(record);
            _records.Add(record);
        }
#pragma warning disable CA1031 // A loop that must go on: adding reads and writes nothing, so whatever fails lies in the record.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (span is not null)
            {
                spans!.Abandon(span, error);
            }

            Skip(record, error);
        }
    }

    private void Skip(LogRecord record, Exception? error)
    {
        progress.Skip();
        using var about = logger.About(record);
        LogMessages.FollowSkipped(logger, record.Id, record.Where.ToString(), record.Offset, error);
    }
}
