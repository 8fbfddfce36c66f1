using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Workers.Contracts.Commands;
using Workers.Domain.Schedules;
using Workers.Engine.Control;
using Workers.Engine.Health;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Timing = Workers.Domain.Schedules.Timing;

namespace Workers.Scheduler;

/// <summary>
/// Keeps Quartz's triggers equal to the schedules: one for each, at its next time. When one has fired the next is set; all are looked at when schedules change, and every
/// few seconds besides, so that what was due and was not said, whatever the reason, is said then. Quartz is started with the first schedule.
/// </summary>
internal sealed class ScheduleClock(
    ControlFeed feed, IStateStore store, ScheduleFiring firing, ITriggers triggers, SchedulerOptions options, TimeProvider time, EngineMeter meter, ILogger<ScheduleClock> logger)
    : BackgroundService
{
    private const long LateMs = 5_000;
    private const long SayAgainMs = 3_600_000;

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FireTime> _set = [];
    private readonly Dictionary<string, long> _fired = [];
    private readonly Outage _outage = new();
    private readonly Dictionary<string, Late> _late = [];
    private Dictionary<string, Timed> _timed = [];
    private ControlState? _seen;
    private long _nextMs = long.MaxValue;
    private double _ageSeconds;

    /// <summary>How long the schedule that waits longest is due.</summary>
    internal double AgeSeconds => Volatile.Read(ref _ageSeconds);

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        meter.Gauge("workers.schedule.next_fire.age", "s", "How long the schedule that waits longest is due and has not fired; 0 while none is", () => new[] { new Measurement<double>(AgeSeconds) });
        firing.Fired = FiredAsync;
        feed.Changed += Wake;
        await using var look = time.CreateTimer(_ => Wake(), null, options.Look, options.Look);
        try
        {
            while (true)
            {
                await LookSafelyAsync(stoppingToken);
                await _wake.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            feed.Changed -= Wake;
            await triggers.StopAsync();
        }
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // It will look anyway, or never again.
        }
    }

    internal async Task LookSafelyAsync(CancellationToken cancellation)
    {
        try
        {
            await LookAsync(cancellation);
            _ = _outage.Ends();
        }
#pragma warning disable CA1031 // The loop outlives any failure of store, log and Quartz: the next look mends what this one has missed.
        catch (Exception error) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // Nobody knows better than that what was next has not fired.
            Tell(Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - _nextMs));
            Log.NotLookedAt(logger, _outage.LevelOf(error), options.Look.TotalSeconds, error);
        }
    }

    internal async Task LookAsync(CancellationToken cancellation)
    {
        Read(feed.Current);
        if (_timed.Count == 0 && !triggers.IsStarted)
        {
            return;
        }

        await triggers.StartAsync(_timed.Count, cancellation);
        var (now, runs, oldest, first) = (time.GetUtcNow().ToUnixTimeMilliseconds(), RunsOf([.. _timed.Keys]), 0L, long.MaxValue);
        foreach (var (id, timed) in _timed)
        {
            var next = timed.Timing is null ? null : ScheduleRules.Next(timed.Schedule, runs.GetValueOrDefault(id), now);
            await SetAsync(id, Unsaid(id, timed, next), cancellation);
            first = Math.Min(first, next?.DueMs ?? long.MaxValue);
            if (next is { } one && now - one.DueMs > LateMs && !timed.Schedule.IsPaused(now))
            {
                oldest = Math.Max(oldest, now - one.DueMs);
                await SayAgainAsync(id, one.DueMs, now - one.DueMs, cancellation);
            }
            else
            {
                _late.Remove(id);
            }
        }

        foreach (var gone in Set().Where(id => !_timed.ContainsKey(id)))
        {
            await SetAsync(gone, null, cancellation);
            _late.Remove(gone);
        }

        _nextMs = first;
        Tell(oldest);
    }

    /// <summary>A trigger has fired and it is said: the next one.</summary>
    internal async ValueTask FiredAsync(string schedule, long dueMs)
    {
        FireTime? next;
        lock (_gate)
        {
            if (!_timed.TryGetValue(schedule, out var timed))
            {
                return;
            }

            _fired[schedule] = dueMs;
            if (!_set.TryGetValue(schedule, out var set) || set.DueMs != dueMs)
            {
                // Another process has set it, or it has changed.
                Wake();
                return;
            }

            next = timed.Timing?.Next(set.AtMs);
        }

        await SetAsync(schedule, next, CancellationToken.None);
    }

    // Quartz says it when it can; where it has not, or nobody has done what it said, it is said here: each time that it is twice as late as when it was said last, and each hour.
    private async Task SayAgainAsync(string schedule, long dueMs, long lateMs, CancellationToken cancellation)
    {
        if (_late.TryGetValue(schedule, out var said) && said.DueMs == dueMs && lateMs < said.ByMs + Math.Min(said.ByMs, SayAgainMs))
        {
            return;
        }

        Log.Overdue(logger, schedule, lateMs / 1_000.0);
        await firing.AppendAsync(new FireSchedule { ScheduleId = schedule, DueMs = dueMs }, null, cancellation);
        _late[schedule] = new Late(dueMs, lateMs);
    }

    private void Read(ControlState state)
    {
        if (ReferenceEquals(state, _seen))
        {
            return;
        }

        var timed = state.Parsed(ControlKinds.Schedule, row => Schedule.Read(row.Data)).ToDictionary(one => one.ScheduleId, one => new Timed(one, TimingOf(one)));
        lock (_gate)
        {
            // Of one that was deleted, and perhaps made again, nothing was said.
            foreach (var gone in _fired.Keys.Where(id => timed.GetValueOrDefault(id)?.Schedule.CreatedMs != _timed.GetValueOrDefault(id)?.Schedule.CreatedMs).ToList())
            {
                _fired.Remove(gone);
            }

            _timed = timed;
        }

        _seen = state;
    }

    private Timing? TimingOf(Schedule schedule)
    {
        try
        {
            return schedule.Timing();
        }
        catch (Exception error) when (error is CronException or TimeZoneNotFoundException)
        {
            Log.Unreadable(logger, schedule.ScheduleId, error.Message);
            return null;
        }
    }

    // What was said is decided soon: until then the schedule has not come further.
    private FireTime? Unsaid(string id, Timed timed, FireTime? next)
    {
        long said;
        lock (_gate)
        {
            said = _fired.GetValueOrDefault(id);
        }

        while (next is { } one && one.DueMs <= said)
        {
            next = timed.Timing!.Next(one.AtMs);
        }

        return next;
    }

    private async Task SetAsync(string schedule, FireTime? next, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (next == (_set.TryGetValue(schedule, out var set) ? set : null))
            {
                return;
            }
        }

        await triggers.SetAsync(schedule, next?.DueMs, cancellation);
        lock (_gate)
        {
            if (next is { } time)
            {
                _set[schedule] = time;
            }
            else
            {
                _set.Remove(schedule);
            }
        }
    }

    private List<string> Set()
    {
        lock (_gate)
        {
            return [.. _set.Keys];
        }
    }

    private Dictionary<string, ScheduleRuns> RunsOf(List<string> schedules)
    {
        var found = new Dictionary<StateKey, StateRow>();
        using var reader = store.OpenReader();
        reader.FindStates([.. schedules.Select(id => new StateKey(ScheduleRuns.Kind, id))], found);
        return found.ToDictionary(pair => pair.Key.Id, pair => ScheduleRuns.Read(pair.Value.Data.Span));
    }

    private void Tell(long ageMs) => Volatile.Write(ref _ageSeconds, ageMs > LateMs ? ageMs / 1_000.0 : 0);

    /// <param name="Timing">Null where it cannot be read on this machine.</param>
    private sealed record Timed(Schedule Schedule, Timing? Timing);

    /// <param name="ByMs">So late it was when it was said last.</param>
    private readonly record struct Late(long DueMs, long ByMs);
}
