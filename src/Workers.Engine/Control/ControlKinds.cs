namespace Workers.Engine.Control;

/// <summary>What the rows of the control table are.</summary>
public static class ControlKinds
{
    public const string Pause = "pause";
    public const string Fence = "fence";
    public const string Cancel = "cancel";
    public const string Handler = "handler";
    public const string BreakerReset = "breaker_reset";
    public const string Circuit = "circuit";
}
