namespace Workers.Engine.Waiting;

/// <summary>How outcomes are waited for.</summary>
public sealed record OutcomeWaiterOptions
{
    /// <summary>
    /// How often the store is asked for ids whose outcome nobody handed over: the safety net where pumps run in this process (the default, 250 ms), the only
    /// way where they do not (20 ms).
    /// </summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How exactly waits end. Default 50 ms.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(50);
}
