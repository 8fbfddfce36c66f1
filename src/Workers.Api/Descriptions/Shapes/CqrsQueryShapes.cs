using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>What bodies of these doors may say besides.</summary>
internal record CqrsRequest
{
    /// <summary>The caller's own id of what it asks for: a repeat with it is not done again.</summary>
    [Id]
    public string? CommandId { get; init; }

    /// <summary>Numbers, true and false are taken as texts.</summary>
    [Metadata]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>A query that is asked.</summary>
internal sealed record QueryBody : CqrsRequest
{
    /// <summary>One of the configured types, such as `GetUser` or `ListUsers`, or one that a registered handler answers.</summary>
    [Required]
    public required string Type { get; init; }

    /// <summary>Its parameters, such as `id`, or `limit`, `offset` and `filters` of a list.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }

    /// <summary>The same as `data`.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    /// <summary>By which it is read later; made where nothing is said.</summary>
    [Id]
    public string? QueryId { get; init; }

    /// <summary>The same as `query_id`.</summary>
    [Id]
    public string? Id { get; init; }
}

/// <summary>What a query came to.</summary>
internal record QueryAnswerShape
{
    public required string QueryId { get; init; }

    /// <summary>The same as `query_id`.</summary>
    public required string Id { get; init; }

    public required string Type { get; init; }

    [OneOf("COMPLETED", "NOT_FOUND", "FAILED")]
    public required string Status { get; init; }

    public CqrsResultShape? Result { get; init; }

    public required decimal DurationMs { get; init; }

    /// <summary>The cache had it.</summary>
    public required bool Cached { get; init; }
}

/// <summary>A query that was asked.</summary>
internal sealed record AskedQueryShape : QueryAnswerShape
{
    public required IReadOnlyDictionary<string, JsonElement> Data { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Why it has no result.</summary>
    public string? Code { get; init; }

    public string? Error { get; init; }
}

/// <summary>The result of a query, by its type.</summary>
[AnyOf(typeof(EntityShape), typeof(Page<EntityShape>), typeof(UserOrdersShape), typeof(OrderPaymentsShape), typeof(HandlerResultShape))]
internal sealed record CqrsResultShape;

/// <summary>What belongs to something else: how much it is.</summary>
internal abstract record BelongingsShape
{
    /// <summary>How many there are.</summary>
    public required long Total { get; init; }

    public required IReadOnlyList<CurrencyTotalShape> Totals { get; init; }
}

/// <summary>What they come to in one currency.</summary>
internal sealed record CurrencyTotalShape
{
    public required string Currency { get; init; }

    public required long Count { get; init; }

    public required decimal Amount { get; init; }
}

/// <summary>A user's orders.</summary>
internal sealed record UserOrdersShape : BelongingsShape
{
    public required string UserId { get; init; }

    public required IReadOnlyList<OrderShape> Orders { get; init; }
}

/// <summary>An order's payments.</summary>
internal sealed record OrderPaymentsShape : BelongingsShape
{
    public required string OrderId { get; init; }

    public required IReadOnlyList<PaymentShape> Payments { get; init; }
}

/// <summary>Queries that are searched for.</summary>
internal sealed record QueryFilters : Paging
{
    public string? Type { get; init; }

    [OneOf("COMPLETED", "NOT_FOUND", "FAILED")]
    public string? Status { get; init; }
}
