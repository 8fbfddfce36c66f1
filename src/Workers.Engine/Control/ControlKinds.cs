namespace Workers.Engine.Control;

/// <summary>What the rows of the control table are.</summary>
public static class ControlKinds
{
    public const string Pause = "pause";
    public const string Fence = "fence";
    public const string Cancel = "cancel";
    public const string Handler = "handler";
    public const string QueryHandler = "query_handler";
    public const string EventHandler = "event_handler";
    public const string BreakerReset = "breaker_reset";
    public const string Circuit = "circuit";
    public const string Key = "key";
    public const string Growth = "growth";
    public const string Subscription = "subscription";
    public const string Schedule = "schedule";
}
