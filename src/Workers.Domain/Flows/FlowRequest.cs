namespace Workers.Domain;

/// <summary>What a stuck flow was asked to do by hand, until it has moved on.</summary>
/// <param name="Command">Name of the command that asked.</param>
/// <param name="Version">The flow's version then: it has done nothing since while it has that one.</param>
public sealed record FlowRequest(string Command, long Version, DateTimeOffset At)
{
    public const string Kind = "flow_request";
}
