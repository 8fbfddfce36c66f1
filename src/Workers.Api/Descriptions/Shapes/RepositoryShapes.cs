using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>A way in which entities are kept.</summary>
internal sealed record RepositoryShape
{
    [OneOf("mysql", "mongodb", "sqlite", "cached", "specification", "transactional")]
    public required string Type { get; init; }

    public required bool Available { get; init; }

    /// <summary>The same as `available`.</summary>
    public required bool Active { get; init; }

    /// <summary>Why it is not available.</summary>
    public string? Reason { get; init; }

    public required string Purpose { get; init; }

    public required IReadOnlyList<string> Features { get; init; }

    public required IReadOnlyList<string> UseCases { get; init; }
}

/// <summary>Entities of which conditions are true, or what they come to.</summary>
internal sealed record RepositoryQuery
{
    [Required, OneOf("users", "payments", "orders", "products")]
    public required string Entity { get; init; }

    public Condition? Where { get; init; }

    /// <summary>A field or up to four; with `-` before it the largest first.</summary>
    public OneOrMore? OrderBy { get; init; }

    [Between(1, 1_000)]
    public int? Limit { get; init; }

    [AtLeast("0")]
    public int? Offset { get; init; }

    /// <summary>Only how many there are.</summary>
    public bool? Count { get; init; }

    /// <summary>How many there are by these fields.</summary>
    public OneOrMore? GroupBy { get; init; }

    /// <summary>What these fields come to.</summary>
    public OneOrMore? Sum { get; init; }
}

/// <summary>A text, or an array of texts.</summary>
[AnyOf(typeof(string), typeof(IReadOnlyList<string>))]
internal sealed record OneOrMore;

/// <summary>A condition: a comparison, or others put together.</summary>
[AnyOf(typeof(Comparison), typeof(AllConditions), typeof(AnyCondition), typeof(NoCondition))]
internal sealed record Condition;

/// <summary>Compares a field of the entity.</summary>
internal sealed record Comparison
{
    [Required]
    public required string Field { get; init; }

    [Required, OneOf("eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "starts_with", "is_null")]
    public required string Op { get; init; }

    /// <summary>As the field is; for `in` an array of 1 to 100 of them.</summary>
    public JsonElement? Value { get; init; }
}

/// <summary>All are true.</summary>
internal sealed record AllConditions
{
    public required IReadOnlyList<Condition> And { get; init; }
}

/// <summary>One at least is true.</summary>
internal sealed record AnyCondition
{
    public required IReadOnlyList<Condition> Or { get; init; }
}

/// <summary>It is not true.</summary>
internal sealed record NoCondition
{
    public required Condition Not { get; init; }
}

/// <summary>What a query found, by what it asked for.</summary>
[AnyOf(typeof(FoundShape), typeof(GroupsShape), typeof(GroupShape))]
internal sealed record QueryResultShape;

/// <summary>Entities.</summary>
internal sealed record FoundShape
{
    public required IReadOnlyList<EntityShape> Items { get; init; }

    /// <summary>Given as `offset` it asks for the next page; absent on the last.</summary>
    public int? NextOffset { get; init; }
}

/// <summary>A user, a payment, an order or a product.</summary>
[AnyOf(typeof(UserShape), typeof(PaymentShape), typeof(OrderShape), typeof(ProductShape))]
internal sealed record EntityShape;

/// <summary>How many there are, by the fields that they have in common, which stand beside it.</summary>
internal sealed record GroupsShape
{
    public required IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Groups { get; init; }
}

/// <summary>How many there are, and what they come to.</summary>
internal sealed record GroupShape
{
    public required long Count { get; init; }

    /// <summary>By field.</summary>
    public IReadOnlyDictionary<string, decimal>? Sum { get; init; }
}

/// <summary>How the cache of resources does.</summary>
internal sealed record CacheShape
{
    public required long Hits { get; init; }

    public required long Misses { get; init; }

    public required decimal HitRatio { get; init; }

    public required long Entries { get; init; }

    public required long Evictions { get; init; }

    public required long Invalidations { get; init; }

    public required long TtlSeconds { get; init; }

    /// <summary>`none`, `memory` or `redis`.</summary>
    public required string Backend { get; init; }
}

/// <summary>What is read into the cache.</summary>
internal sealed record WarmBody
{
    /// <summary>Of `users`, `payments`, `orders`, `products`; all if nothing is said.</summary>
    public IReadOnlyList<string>? Entities { get; init; }

    /// <summary>The newest of each; 1,000 if nothing is said.</summary>
    [Between(1, 100_000)]
    public int? Limit { get; init; }

    /// <summary>Why; the audit trail keeps it.</summary>
    [Length(1, 1_000)]
    public string? Reason { get; init; }
}

/// <summary>What was read into the cache.</summary>
internal sealed record WarmedShape
{
    /// <summary>How many, by entity.</summary>
    public required IReadOnlyDictionary<string, int> Warmed { get; init; }
}
