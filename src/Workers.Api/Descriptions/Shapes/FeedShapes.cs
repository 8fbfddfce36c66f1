using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>A user, an order, a payment or a product after a change.</summary>
/// <typeparam name="T">Its shape.</typeparam>
internal sealed record Change<T>
    where T : ResourceShape
{
    [Flat]
    public required T After { get; init; }

    /// <summary>That it is deleted.</summary>
    public bool? Deleted { get; init; }

    /// <summary>The domain event, such as `UserUpdated` or `StockReserved`.</summary>
    public required string Cause { get; init; }

    /// <summary>As it was before; of updates alone.</summary>
    public T? Previous { get; init; }
}

/// <summary>What a client of `/ws` sends.</summary>
internal sealed record SubscribeFrame
{
    /// <summary>Patterns of event names, 1 to 100, where `*` stands for any text; without them as before.</summary>
    public IReadOnlyList<string>? Subscribe { get; init; }

    /// <summary>The `seq` of a frame: what came after it is sent again first.</summary>
    public string? After { get; init; }
}

/// <summary>A frame with its place.</summary>
internal abstract record PlacedFrame
{
    /// <summary>What to go on from behind it.</summary>
    public required string Seq { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>What the client asked for holds from here on.</summary>
internal sealed record SubscribedFrame : PlacedFrame
{
    [OneOf("subscribed")]
    public required string Event { get; init; }

    public required SubscribeFrame Data { get; init; }
}

/// <summary>Events behind `after` are not kept any more; it goes on with the oldest that are.</summary>
internal sealed record GapFrame : PlacedFrame
{
    [OneOf("gap")]
    public required string Event { get; init; }

    public required SubscribeFrame Data { get; init; }
}

/// <summary>What came up to here was not for this client: it need not be asked for again.</summary>
internal sealed record PassedFrame : PlacedFrame
{
    [OneOf("passed")]
    public required string Event { get; init; }
}

/// <summary>What the client sent was not understood; everything stays as it was.</summary>
internal sealed record ErrorFrame
{
    [OneOf("error")]
    public required string Event { get; init; }

    public required string Error { get; init; }
}

/// <summary>An event as it happens.</summary>
internal sealed record EventFrame : PlacedFrame
{
    /// <summary>Such as `command.executed` or `order_created`; `event` for what a caller posted.</summary>
    public required string Event { get; init; }

    /// <summary>The command's or the domain event's own name.</summary>
    public string? Type { get; init; }

    public required Guid Id { get; init; }

    /// <summary>As the feed's message of the same name has it.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }
}

/// <summary>Headers of what other systems put on `workers.commands`: CloudEvents in binary mode, or a `type` alone.</summary>
internal sealed record CommandHeaders
{
    [OneOf("1.0")]
    public string? CeSpecversion { get; init; }

    /// <summary>The caller's own id of the command.</summary>
    public string? CeId { get; init; }

    /// <summary>The caller.</summary>
    public string? CeSource { get; init; }

    /// <summary>The command's name; a dotted prefix is ignored. Without it `type` or the body says it.</summary>
    public string? CeType { get; init; }

    public string? Type { get; init; }

    public string? ContentType { get; init; }

    public string? Traceparent { get; init; }
}

/// <summary>Headers of what leaves: CloudEvents in binary mode.</summary>
internal sealed record FeedHeaders
{
    [OneOf("1.0")]
    public required string CeSpecversion { get; init; }

    public required Guid CeId { get; init; }

    public required string CeSource { get; init; }

    public required string CeType { get; init; }

    public required DateTimeOffset CeTime { get; init; }

    /// <summary>The record's key.</summary>
    public required string CeSubject { get; init; }

    public required string CePartitionkey { get; init; }

    /// <summary>The command's or the domain event's own name.</summary>
    public required string CeName { get; init; }

    public required string CeCorrelationid { get; init; }

    public string? CeCausationid { get; init; }

    /// <summary>`external` for what a caller posted.</summary>
    public string? CeOrigin { get; init; }

    public string? Traceparent { get; init; }

    public string? Tracestate { get; init; }
}
