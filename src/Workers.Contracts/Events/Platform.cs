using System.Text.Json;

namespace Workers.Contracts.Events;

/// <summary>A caller asked for an entry in the audit trail.</summary>
[Event("audit")]
public sealed record AuditRecorded : IDomainEvent
{
    public required string EntityType { get; init; }

    [EntityId]
    public required string EntityId { get; init; }

    public required string Action { get; init; }

    public Dictionary<string, JsonElement>? Changes { get; init; }

    public string? UserId { get; init; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }
}

[Event("system")]
public sealed record SystemActionRun : IDomainEvent
{
    [EntityId]
    public required string Action { get; init; }

    public Dictionary<string, JsonElement>? Parameters { get; init; }
}

/// <summary>A business rule said no; told to the flow that sent the command.</summary>
[Event("command", Announced = true)]
public sealed record CommandRejected : IDomainEvent
{
    /// <summary>Our id.</summary>
    public required string CommandId { get; init; }

    public required string CommandType { get; init; }

    [EntityId]
    public required string Key { get; init; }

    public required string Code { get; init; }

    public required string Message { get; init; }
}

/// <summary>A command has reached a final state.</summary>
[Event("command", Announced = true)]
public sealed record CommandCompleted : IDomainEvent
{
    /// <summary>Our id.</summary>
    public required string CommandId { get; init; }

    public required string CommandType { get; init; }

    public required string Kind { get; init; }

    [EntityId]
    public required string Key { get; init; }

    /// <summary>SUCCEEDED, FAILED, CANCELLED, UNDONE or DEAD_LETTERED.</summary>
    public required string State { get; init; }

    public required int Attempts { get; init; }

    /// <summary>From acceptance to the first start, in milliseconds; null where that is not known.</summary>
    public decimal? QueueMs { get; init; }

    /// <summary>From the last start to the end, in milliseconds.</summary>
    public required decimal RunMs { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    public string? UserId { get; init; }
}
