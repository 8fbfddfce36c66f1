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
