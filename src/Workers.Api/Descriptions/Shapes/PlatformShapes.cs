using System.Text.Json;
using System.Text.Json.Serialization;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>How the program is.</summary>
internal abstract record AnyHealthShape
{
    [OneOf("healthy", "degraded", "unhealthy")]
    public required string Status { get; init; }

    public required string Service { get; init; }

    public required string Version { get; init; }
}

/// <summary>How the program is, with its parts.</summary>
internal sealed record HealthShape : AnyHealthShape
{
    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, HealthCheckShape>? Checks { get; init; }
}

/// <summary>How the program is to callers of `/api/v1/cqrs`.</summary>
internal sealed record CqrsHealthShape : AnyHealthShape
{
    /// <summary>How its parts are, by name; absent where monitoring is off.</summary>
    public IReadOnlyDictionary<string, HealthCheckShape>? Components { get; init; }
}

/// <summary>How a part is.</summary>
internal sealed record HealthCheckShape
{
    [OneOf("healthy", "degraded", "unhealthy")]
    public required string Status { get; init; }

    public required decimal LatencyMs { get; init; }

    public string? Detail { get; init; }
}

/// <summary>An event of a public feed: a CloudEvent with where it lies.</summary>
internal sealed record FeedEventShape
{
    [OneOf("1.0")]
    public required string Specversion { get; init; }

    public required Guid Id { get; init; }

    /// <summary>Who caused it.</summary>
    public required string Source { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset Time { get; init; }

    [OneOf("application/json")]
    public required string Datacontenttype { get; init; }

    /// <summary>The key by which the feed is partitioned.</summary>
    public required string Subject { get; init; }

    /// <summary>The same as `subject`.</summary>
    public required string Partitionkey { get; init; }

    /// <summary>The command's or the domain event's own name.</summary>
    public required string Name { get; init; }

    public string? Correlationid { get; init; }

    public string? Causationid { get; init; }

    /// <summary>`external` for what a caller posted.</summary>
    public string? Origin { get; init; }

    public string? Traceparent { get; init; }

    public string? Tracestate { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    /// <summary>Given as `after` it asks for what comes behind this event.</summary>
    public required string Seq { get; init; }

    /// <summary>As `/asyncapi.yaml` says by `type`.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }
}

/// <summary>Events of a public feed.</summary>
internal sealed record FeedPageShape
{
    public required IReadOnlyList<FeedEventShape> Items { get; init; }

    /// <summary>Given as `after` it asks for what comes behind these.</summary>
    public required string Next { get; init; }
}

/// <summary>Which events of a feed are asked for.</summary>
internal sealed record FeedQuery
{
    /// <summary>The `seq` of an event, the `next` of an answer, or `latest`; without it the oldest that are kept.</summary>
    public string? After { get; init; }

    /// <summary>How many at most; 50 if nothing is said.</summary>
    [Between(1, 1_000)]
    public int? Limit { get; init; }
}

/// <summary>How a WebSocket is asked for.</summary>
internal sealed record SocketQuery
{
    /// <summary>Only what concerns this user, or nobody in particular.</summary>
    [Id]
    public string? UserId { get; init; }

    /// <summary>Who connects: an older connection of the same client is closed.</summary>
    [Id]
    public string? ClientId { get; init; }

    /// <summary>Patterns of event names with commas between, where `*` stands for any text.</summary>
    public string? Subscribe { get; init; }

    /// <summary>The `seq` of a frame: what came after it is sent first.</summary>
    public string? After { get; init; }
}

/// <summary>A description of the program.</summary>
internal sealed record DocumentShape
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Members { get; set; }
}
