using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Api.Descriptions;

/// <summary>An event that a caller posts.</summary>
internal sealed record EventBody : CqrsRequest
{
    /// <summary>One of the configured types, such as `UserCreated`, or one that a handler is registered for.</summary>
    [Required]
    public required string Type { get; init; }

    [Required]
    public required IReadOnlyDictionary<string, JsonElement> Data { get; init; }

    /// <summary>What it is about; else the data's id of it.</summary>
    [Id]
    public string? AggregateId { get; init; }

    /// <summary>Whom it concerns; else the data's `user_id`.</summary>
    [Id]
    public string? UserId { get; init; }
}

/// <summary>An event as it is listed.</summary>
internal sealed record CqrsEventShape
{
    public required Guid EventId { get; init; }

    /// <summary>The same as `event_id`.</summary>
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    /// <summary>Whose it is; absent for what callers post of their own.</summary>
    public string? Entity { get; init; }

    /// <summary>What it is about.</summary>
    public required string AggregateId { get; init; }

    /// <summary>Of the entity, after it.</summary>
    public long? Version { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>That a caller has posted it.</summary>
    [OneOf(OpenEvents.External)]
    public string? Origin { get; init; }

    public string? UserId { get; init; }

    public string? CorrelationId { get; init; }

    public Guid? CommandId { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Data { get; init; }
}

/// <summary>Events that are searched for.</summary>
internal sealed record CqrsEventFilters : Times
{
    public string? Type { get; init; }

    public string? AggregateId { get; init; }
}

/// <summary>That an event's handler was told of it, or is no more.</summary>
internal sealed record EventDeliveredShape
{
    public required Guid EventId { get; init; }

    public required bool Delivered { get; init; }
}

/// <summary>A read model that is saved.</summary>
internal sealed record ReadModelBody : CqrsRequest
{
    /// <summary>One of the configured types, such as `UserReadModel`.</summary>
    [Required]
    public required string Type { get; init; }

    [Required]
    public required IReadOnlyDictionary<string, JsonElement> Data { get; init; }

    /// <summary>Its id; else that of the data, else one that is made.</summary>
    [Id]
    public string? Id { get; init; }

    /// <summary>Above that of the entity's events and not below the saved one; the next one where nothing is said.</summary>
    [Between(1, int.MaxValue)]
    public int? Version { get; init; }
}

/// <summary>A read model.</summary>
internal sealed record ReadModelShape
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    public required long Version { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Data { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>That a read model is shown no more.</summary>
internal sealed record DeletedModelShape
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    public required bool Deleted { get; init; }
}

/// <summary>Which read model of an id; the entity's own where nothing is said.</summary>
internal sealed record ReadModelType
{
    public string? Type { get; init; }
}

/// <summary>Read models of a type.</summary>
internal sealed record ReadModelFilters : Paging
{
    public string? Type { get; init; }
}
