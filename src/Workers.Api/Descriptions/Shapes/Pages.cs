using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>A page of a list.</summary>
internal sealed record Page<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Given as `cursor` it asks for the next page; absent on the last.</summary>
    public string? NextCursor { get; init; }

    /// <summary>How many there are on all pages, where that is counted.</summary>
    public long? Total { get; init; }

    /// <summary>About how many, where they are too many to be counted.</summary>
    public long? TotalEstimate { get; init; }

    /// <summary>Some are missing: there is more than was looked at.</summary>
    public bool? Incomplete { get; init; }
}

/// <summary>How a list is asked for: `limit` with `cursor`, `offset` or `page`.</summary>
internal record Paging
{
    /// <summary>How many at most; 50 if nothing is said.</summary>
    [Between(1, 1_000)]
    public int? Limit { get; init; }

    /// <summary>An answer's `next_cursor`: the next page.</summary>
    public string? Cursor { get; init; }

    /// <summary>How many are passed over.</summary>
    [AtLeast("0")]
    public int? Offset { get; init; }

    /// <summary>The page, from 1.</summary>
    [Between(1, 1_000_000)]
    public int? Page { get; init; }

    /// <summary>The same as `limit`.</summary>
    [Between(1, 1_000)]
    public int? PageSize { get; init; }
}

/// <summary>A page of what has a time.</summary>
internal record Times : Paging
{
    /// <summary>Not before this time; `start` and `start_time` are the same.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Not after this time; `end` and `end_time` are the same.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>A page of resources.</summary>
internal sealed record ResourcePaging : Paging
{
    /// <summary>The newest first, unless it is `created_at`.</summary>
    [OneOf("created_at", "-created_at")]
    public string? Sort { get; init; }
}

/// <summary>A page of users that are searched for.</summary>
internal sealed record Search : Paging
{
    /// <summary>What names and e-mail addresses contain; without it a filter is required.</summary>
    public string? Q { get; init; }

    /// <summary>The newest first, unless it is `created_at`.</summary>
    [OneOf("created_at", "-created_at")]
    public string? Sort { get; init; }
}
