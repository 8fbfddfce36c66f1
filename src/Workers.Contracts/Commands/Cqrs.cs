using System.Text.Json;

namespace Workers.Contracts.Commands;

/// <summary>A caller tells of an event: projections, feeds, event handlers and the WebSocket hear of it, flows and the write model never do.</summary>
[Command(Kind.System, "publish", "event", Internal = true)]
public sealed record PublishEvent : ICommand
{
    /// <summary>What it is about.</summary>
    [Key]
    public string AggregateId { get; init => field = value ?? ""; } = "";

    [Required, Id]
    public string EventType { get; init => field = value ?? ""; } = "";

    /// <summary>Whom it concerns.</summary>
    [Id]
    public string? UserId { get; init; }

    [Open]
    public Dictionary<string, JsonElement>? Data { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>A read model is kept as it is given, beside what events make.</summary>
[Command(Kind.System, "save", "read_model", Internal = true)]
public sealed record SaveReadModel : ICommand
{
    [Key]
    public string ModelId { get; init => field = value ?? ""; } = "";

    [Required, Id]
    public string ModelType { get; init => field = value ?? ""; } = "";

    /// <summary>Absent: the next one.</summary>
    public long? Version { get; init; }

    [Open]
    public Dictionary<string, JsonElement>? Data { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>A read model is shown no more; one that events make comes back with a rebuild, or when they change it.</summary>
[Command(Kind.System, "delete", "read_model", Internal = true)]
public sealed record DeleteReadModel : ICommand
{
    [Key]
    public string ModelId { get; init => field = value ?? ""; } = "";

    [Required, Id]
    public string ModelType { get; init => field = value ?? ""; } = "";
}

/// <summary>The lists of document 001 are cut to their limits.</summary>
[Command(Kind.System, "cleanup", "list", Internal = true)]
public sealed record Cleanup : ICommand
{
    [Key]
    public string ListName { get; init => field = value ?? ""; } = "cleanup_lists";
}

/// <summary>How the delivery of an event to its handler has ended; sent by the effects.</summary>
[Command(Kind.System, "record_delivery", "event", Internal = true)]
public sealed record RecordEventDelivery : ICommand
{
    /// <summary>The delivery's own key.</summary>
    [Key]
    public string DeliveryKey { get; init => field = value ?? ""; } = "";

    public string EventId { get; init => field = value ?? ""; } = "";

    public string EventType { get; init => field = value ?? ""; } = "";

    public bool Delivered { get; init; }

    public string? Reason { get; init; }

    /// <summary>The handler wants no more calls: it is taken out.</summary>
    public bool Gone { get; init; }

    /// <summary>The registration that is meant.</summary>
    public long? Registration { get; init; }
}
