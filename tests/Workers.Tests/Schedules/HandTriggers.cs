using Workers.Engine.Store;
using Workers.Scheduler;
using Workers.Tests.Time;

namespace Workers.Tests.Schedules;

/// <summary>Triggers that fire when the test says so, those that are due by its clock.</summary>
internal sealed class HandTriggers(FakeTimeProvider clock) : ITriggers
{
    private readonly Dictionary<string, long> _due = [];

    public bool IsStarted { get; private set; }

    /// <summary>When each schedule fires next.</summary>
    public IReadOnlyDictionary<string, long> Due => _due;

    /// <summary>Nobody can set one.</summary>
    public bool IsAway { get; set; }

    public Task StartAsync(int schedules, CancellationToken cancellation)
    {
        IsStarted = true;
        return IsAway ? throw new StoreUnavailableException("away") : Task.CompletedTask;
    }

    public Task SetAsync(string schedule, long? dueMs, CancellationToken cancellation)
    {
        if (dueMs is { } due)
        {
            _due[schedule] = due;
        }
        else
        {
            _due.Remove(schedule);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync() => Task.CompletedTask;

    /// <summary>Those that are due fire and are gone, and what they set meanwhile too.</summary>
    public async Task FireAsync(ScheduleFiring firing)
    {
        while (_due.Where(one => one.Value <= clock.GetUtcNow().ToUnixTimeMilliseconds()).OrderBy(one => one.Value).Select(one => one.Key).FirstOrDefault() is { } schedule)
        {
            _due.Remove(schedule, out var dueMs);
            await firing.FireAsync(schedule, dueMs, CancellationToken.None);
        }
    }

    /// <summary>Those that are due are lost.</summary>
    public void Lose()
    {
        foreach (var schedule in _due.Keys)
        {
            _due.Remove(schedule);
        }
    }
}
