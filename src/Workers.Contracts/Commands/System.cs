using System.Text.Json;

namespace Workers.Contracts.Commands;

/// <summary>Something done to the platform itself.</summary>
[Command(Kind.System, "run", "system")]
public sealed record RunSystemAction : ICommand
{
    [Key]
    [OneOf("ping", "cleanup", "rebuild_projection", "warm_cache", "pause_queue", "resume_queue", "reset_metrics", "reset_circuit_breaker")]
    public string Action { get; init => field = value ?? ""; } = "";

    [Open]
    public Dictionary<string, JsonElement>? Parameters { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>Puts a dead letter's record back at its key. Keyed by that key, so that it runs in order with what else is there.</summary>
[Command(Kind.System, "replay_dead_letter", "dead_letter", Internal = true)]
public sealed record ReplayDeadLetter : ICommand
{
    /// <summary>The key of the letter's record; whatever another system made it.</summary>
    [Key]
    public string RecordKey { get; init; } = "";

    [Required, Id]
    public string LetterId { get; init; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Takes a dead letter off the desk; what it asked for is not done.</summary>
[Command(Kind.System, "discard_dead_letter", "dead_letter", Internal = true)]
public sealed record DiscardDeadLetter : ICommand
{
    /// <summary>The key of the letter's record; whatever another system made it.</summary>
    [Key]
    public string RecordKey { get; init; } = "";

    [Required, Id]
    public string LetterId { get; init; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}
