namespace Workers.Scheduler;

/// <summary>What wakes schedules: at most one trigger for each, which fires once and says so by <see cref="ScheduleFiring"/>.</summary>
internal interface ITriggers
{
    bool IsStarted { get; }

    Task StartAsync(int schedules, CancellationToken cancellation);

    /// <summary>The schedule is due then; null: never.</summary>
    Task SetAsync(string schedule, long? dueMs, CancellationToken cancellation);

    /// <summary>What has fired is said before this returns.</summary>
    Task StopAsync();
}
