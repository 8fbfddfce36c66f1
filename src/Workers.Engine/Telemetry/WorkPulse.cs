using Workers.Engine.Store;

namespace Workers.Engine.Telemetry;

/// <summary>
/// What this process has spent its time on in the last two minutes or so: counted per commit, in two tables that take turns, so that what is old falls out by itself. Keys
/// that are seen seldom are dropped where there are too many; one that is really hot comes back at once. Tests: WorkPulseTests.
/// </summary>
public sealed class WorkPulse(TimeProvider clock)
{
    private const int MostKeys = 4_096;
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Counts _now = new();
    private Counts _before = new();
    private long _since = clock.GetTimestamp();

    public void Committed(Flush flush)
    {
        if (flush.Events.Count == 0 && flush.Outcomes.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            TakeTurns();
            foreach (var write in flush.Outcomes)
            {
                if (write.Timing is { } timing)
                {
                    _now.Ran(timing);
                }
            }

            foreach (var happened in flush.Events)
            {
                _now.Happened(happened.Stream);
            }
        }
    }

    /// <summary>The types with the longest run times, taken together.</summary>
    public IReadOnlyList<SlowHandler> Slowest(int most)
    {
        lock (_gate)
        {
            TakeTurns();
            return
            [
                .. _now.Types.Concat(_before.Types).GroupBy(type => type.Key, (name, all) => Sum(name, [.. all.Select(one => one.Value)]))
                    .OrderByDescending(type => type.RunMs).ThenBy(type => type.Type, StringComparer.Ordinal).Take(most),
            ];
        }
    }

    /// <summary>The keys to which the most has happened; none to which something has happened once.</summary>
    public IReadOnlyList<HotKey> Hottest(int most)
    {
        lock (_gate)
        {
            TakeTurns();
            return
            [
                .. _now.Keys.Concat(_before.Keys).GroupBy(key => key.Key, (key, all) => new HotKey($"{key.Kind}/{key.Id}", all.Sum(one => one.Value)))
                    .Where(key => key.Events > 1).OrderByDescending(key => key.Events).ThenBy(key => key.Key, StringComparer.Ordinal).Take(most),
            ];
        }
    }

    private static SlowHandler Sum(string name, List<RunTime> all) =>
        new(name, all.Sum(one => one.Count), (long)all.Sum(one => one.TotalMs), (long)all.Max(one => one.LongestMs));

    private void TakeTurns()
    {
        var turns = clock.GetElapsedTime(_since) / Turn;
        if (turns < 1)
        {
            return;
        }

        (_before, _now) = (turns < 2 ? _now : new Counts(), new Counts());
        _since = clock.GetTimestamp();
    }

    private sealed class Counts
    {
        public Dictionary<string, RunTime> Types { get; } = new(StringComparer.Ordinal);

        public Dictionary<StateKey, long> Keys { get; } = [];

        public void Ran(Timing timing)
        {
            if (!Types.TryGetValue(timing.Type, out var time))
            {
                Types[timing.Type] = time = new RunTime();
            }

            (time.Count, time.TotalMs, time.LongestMs) = (time.Count + 1, time.TotalMs + timing.RunMs, Math.Max(time.LongestMs, timing.RunMs));
        }

        public void Happened(StateKey key)
        {
            Keys[key] = Keys.GetValueOrDefault(key) + 1;
            if (Keys.Count <= MostKeys)
            {
                return;
            }

            for (var seldom = 1; Keys.Count > MostKeys / 2; seldom *= 2)
            {
                foreach (var (cold, _) in Keys.Where(one => one.Value <= seldom).ToList())
                {
                    Keys.Remove(cold);
                }
            }
        }
    }

    private sealed class RunTime
    {
        public long Count { get; set; }

        public double TotalMs { get; set; }

        public double LongestMs { get; set; }
    }
}
