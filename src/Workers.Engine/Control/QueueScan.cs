using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Control;

/// <summary>
/// Which commands wait: those that a partition has set aside, then those in the log from its stored position on. A partition after the other, each in its
/// order; what has an outcome does not wait any more.
/// </summary>
public sealed class QueueScan(ILog log, IStateStore store)
{
    private const string Group = "commands";
    private const int Chunk = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>For each partition: the offset after its last record.</summary>
    public IReadOnlyList<long> Ends() => log.EndsAsync(Topics.Commands, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>What waits in the log before the ends, or is set aside, and clearing the queue would cancel.</summary>
    public int CountCleared(IStateReader reader, IReadOnlyList<long> ends, QueueLook look) =>
        Waiting(reader, QueuePlace.First, ends, look).Count(waiting => FenceRules.Covers(waiting.Record.Headers));

    /// <summary>Everything that waits, from a place on.</summary>
    /// <param name="reader">Of the caller's thread.</param>
    /// <param name="from">Where to go on.</param>
    /// <param name="ends">See <see cref="Ends"/>.</param>
    /// <param name="look">Ends it, and is told what became of it.</param>
    public IEnumerable<WaitingCommand> Waiting(IStateReader reader, QueuePlace from, IReadOnlyList<long> ends, QueueLook look)
    {
        var positions = store.PositionsAsync(look.Cancellation).GetAwaiter().GetResult()
            .Where(p => p.Group == Group && p.Partition.Topic == Topics.Commands).ToDictionary(p => p.Partition.Number, p => p.Row.Offset);
        for (var number = from.Partition; number < ends.Count; number++)
        {
            var partition = new PartitionId(Topics.Commands, number);
            var begin = number == from.Partition ? from : new QueuePlace(number, InLog: false, long.MinValue);
            // What is set aside after the positions were read is no second command.
            var aside = new HashSet<Guid>();
            foreach (var waiting in begin.InLog ? [] : Parked(reader, partition, begin.Offset, look))
            {
                aside.Add(waiting.Record.Id);
                yield return waiting;
            }

            var offset = Math.Max(positions.GetValueOrDefault(number), begin.InLog ? begin.Offset + 1 : 0);
            foreach (var waiting in Unfinished(reader, InLog(partition, offset, ends[number], look)).Where(waiting => !aside.Contains(waiting.Record.Id)))
            {
                yield return waiting;
            }
        }
    }

    private static IEnumerable<WaitingCommand> Parked(IStateReader reader, PartitionId partition, long after, QueueLook look)
    {
        while (reader.Parked(Group, partition, after, Chunk) is { Count: > 0 } rows)
        {
            after = rows[^1].Order;
            foreach (var row in rows)
            {
                look.Cancellation.ThrowIfCancellationRequested();
                yield return new WaitingCommand(row.Record, row, new QueuePlace(partition.Number, InLog: false, row.Order));
            }
        }
    }

    private static IEnumerable<WaitingCommand> Unfinished(IStateReader reader, IEnumerable<LogRecord> records)
    {
        foreach (var chunk in records.Chunk(Chunk))
        {
            var outcomes = new Dictionary<Guid, Outcome>();
            reader.FindOutcomes([.. chunk.Select(record => record.Id)], outcomes);
            foreach (var record in chunk.Where(record => !outcomes.ContainsKey(record.Id)))
            {
                yield return new WaitingCommand(record, null, new QueuePlace(record.Partition, InLog: true, record.Offset));
            }
        }
    }

    /// <summary>Records that lie in the partition of their key, and are commands.</summary>
    private IEnumerable<LogRecord> InLog(PartitionId partition, long from, long end, QueueLook look)
    {
        if (from >= end)
        {
            yield break;
        }

        var cursor = new PartitionCursor(partition, from, Chunk);
        using var wake = new Signal();
        using var reader = log.OpenReader([partition.Topic], wake);
        var (since, next) = (Environment.TickCount64, cursor.Next);
        while (cursor.Next < end)
        {
            var found = reader.Fill([cursor]);
            while (cursor.Pending.Count > 0)
            {
                look.Cancellation.ThrowIfCancellationRequested();
                var record = cursor.Take();
                if (record.Offset >= end)
                {
                    yield break;
                }

                if (Unreadable.Of(record.Headers) is null)
                {
                    yield return record;
                }
            }

            if (found || cursor.Next > next)
            {
                (since, next) = (Environment.TickCount64, cursor.Next);
                continue;
            }

            if (cursor.Halted is not null || Environment.TickCount64 - since > Patience.TotalMilliseconds)
            {
                look.IsIncomplete = true;
                yield break;
            }

            look.Cancellation.ThrowIfCancellationRequested();
            wake.Wait(TimeSpan.FromMilliseconds(20));
        }
    }
}

/// <summary>One look at what waits.</summary>
public sealed class QueueLook(CancellationToken cancellation)
{
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>The log was not read to its end: it did not answer, or lacks what it should have.</summary>
    public bool IsIncomplete { get; internal set; }
}

/// <summary>A command that waits.</summary>
/// <param name="Parked">Set aside so; null while it is in the log.</param>
public sealed record WaitingCommand(LogRecord Record, ParkedRow? Parked, QueuePlace Place);

/// <summary>How far somebody has looked at what waits.</summary>
public readonly record struct QueuePlace(int Partition, bool InLog, long Offset)
{
    /// <summary>The first place.</summary>
    public static QueuePlace First { get; } = new(0, InLog: false, long.MinValue);
}
