using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Limits;

/// <summary>
/// How much waits in the log to be executed: what the groups <c>commands</c> and <c>sagas</c> of all processes have not come past. Looked up now and then by one, never by a
/// request. Halted partitions are left out: they wait for an operator, and refusing others would not help them. Tests: BacklogTests.
/// </summary>
/// <param name="log">Tells its ends.</param>
/// <param name="positions">Of the two groups.</param>
/// <param name="workers">Who has come past records that hold nothing for the group, for which no position is stored.</param>
/// <param name="clock">Ages are measured by its timestamps.</param>
/// <param name="sharesOffsets">
/// True: all topics count their offsets together, so that what lies between a group and the end is at most what was written since, to whatever topic.
/// </param>
public sealed class Backlog(ILog log, IPositionStore positions, IWorkerStore workers, TimeProvider clock, bool sharesOffsets)
{
    private static readonly (string Group, string Topic)[] s_groups = [("commands", Topics.Commands), ("sagas", Topics.Flows)];

    private readonly Dictionary<(string Group, PartitionId Partition), EndMarks> _marks = [];
    private readonly Dictionary<(string Group, PartitionId Partition), (long Passed, long Stored)> _seen = [];
    private readonly DrainRate _rate = new();
    private readonly long _begun = clock.GetTimestamp();
    private BacklogSize _size = BacklogSize.None;

    /// <summary>As it was when it was looked at last; nothing before that.</summary>
    public BacklogSize Size => Volatile.Read(ref _size);

    /// <summary>Looks anew. One look at a time.</summary>
    /// <exception cref="LogUnavailableException">The log cannot say where it ends; what was seen last stays.</exception>
    /// <exception cref="StoreUnavailableException">The positions cannot be read; what was seen last stays.</exception>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var rows = (await positions.PositionsAsync(cancellation)).ToDictionary(one => (one.Group, one.Partition), one => one.Row);
        var passed = Passed(await workers.ListAsync(cancellation));
        var now = clock.GetElapsedTime(_begun);
        var waiting = new List<(long From, long End)>();
        var (oldest, written) = (TimeSpan.Zero, 0L);
        foreach (var (group, topic) in s_groups)
        {
            var ends = await log.EndsAsync(topic, cancellation);
            var starts = await log.StartsAsync(topic, cancellation);
            for (var number = 0; number < ends.Count; number++)
            {
                var key = (group, new PartitionId(topic, number));
                var row = rows.GetValueOrDefault(key);
                var end = ends[number];
                written = sharesOffsets ? Math.Max(written, end) : written + end;
                if (row?.IsHalted == true)
                {
                    continue;
                }

                var from = Math.Max(Math.Max(row?.Offset ?? 0, starts.ElementAtOrDefault(number)), Seen(key, passed.GetValueOrDefault(key), row?.Offset ?? 0));
                if (!_marks.TryGetValue(key, out var marks))
                {
                    _marks[key] = marks = new EndMarks();
                }

                marks.Note(now, end);
                if (from < end)
                {
                    waiting.Add((from, end));
                    var age = now - marks.LastBefore(from);
                    oldest = age > oldest ? age : oldest;
                }
            }
        }

        var records = sharesOffsets ? Covered(waiting) : waiting.Sum(one => one.End - one.From);
        _rate.Note(now, records, written);
        Volatile.Write(ref _size, new BacklogSize(records, oldest, _rate.PerSecond));
    }

    // A worker that stops tells of nothing any more; what it had come past stays so, unless the position was set back.
    private long Seen((string Group, PartitionId Partition) key, long passed, long stored)
    {
        var before = _seen.GetValueOrDefault(key);
        var now = stored < before.Stored ? passed : Math.Max(passed, before.Passed);
        _seen[key] = (now, stored);
        return now;
    }

    private static Dictionary<(string Group, PartitionId Partition), long> Passed(IReadOnlyList<WorkerRow> rows)
    {
        var passed = new Dictionary<(string, PartitionId), long>();
        foreach (var row in rows.Where(row => row.AgeMs <= WorkerReport.GoneAfter.TotalMilliseconds))
        {
            foreach (var served in WorkerReport.Read(row)?.Partitions ?? [])
            {
                passed[(served.Group, served.Partition)] = Math.Max(served.Passed, passed.GetValueOrDefault((served.Group, served.Partition)));
            }
        }

        return passed;
    }

    // Offsets that lie in one of the stretches at least.
    private static long Covered(List<(long From, long End)> stretches)
    {
        var (total, upTo) = (0L, 0L);
        foreach (var (from, end) in stretches.OrderBy(one => one.From))
        {
            total += Math.Max(0, end - Math.Max(from, upTo));
            upTo = Math.Max(upTo, end);
        }

        return total;
    }
}

/// <summary>What waits to be executed.</summary>
/// <param name="Records">At most so many.</param>
/// <param name="Oldest">How long the one waits that has waited longest, to a second or two; of what this process has found when it began, since then.</param>
/// <param name="PerSecond">How many are executed a second lately; 0 where that is not known.</param>
public sealed record BacklogSize(long Records, TimeSpan Oldest, double PerSecond)
{
    // A handful that came this moment says nothing of how fast they can be executed.
    private static readonly TimeSpan Standing = TimeSpan.FromSeconds(10);

    public static BacklogSize None { get; } = new(0, TimeSpan.Zero, 0);

    /// <summary>How long executing all of it will take, as it goes now; zero where nothing has waited for long, or nothing is executed.</summary>
    public TimeSpan Drain => Oldest < Standing || PerSecond <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Records / PerSecond, TimeSpan.FromDays(1).TotalSeconds));
}
