namespace Workers.Api.Descriptions;

/// <summary>How commands have ended.</summary>
internal abstract record FiguresShape
{
    public required long Total { get; init; }

    public required long Succeeded { get; init; }

    /// <summary>With those that were dead-lettered.</summary>
    public required long Failed { get; init; }

    public required long DeadLettered { get; init; }

    public required long Cancelled { get; init; }

    public required long Undone { get; init; }

    /// <summary>How many were tried more than once.</summary>
    public required long Retried { get; init; }

    /// <summary>How often in all.</summary>
    public required long Retries { get; init; }

    public required QuantilesShape QueueMs { get; init; }

    public required QuantilesShape RunMs { get; init; }
}

/// <summary>Milliseconds that this share of them took at most.</summary>
internal sealed record QuantilesShape
{
    public required decimal P50 { get; init; }

    public required decimal P95 { get; init; }

    public required decimal P99 { get; init; }
}

/// <summary>Figures of a kind or of a command's name.</summary>
internal record TypeFiguresShape : FiguresShape
{
    /// <summary>The kind or the name; `all` for all of them.</summary>
    public required string Type { get; init; }
}

/// <summary>Figures with what they are made of.</summary>
internal sealed record MetricsShape : TypeFiguresShape
{
    /// <summary>Since when is counted; where no range is asked for.</summary>
    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Of all: each kind.</summary>
    public IReadOnlyList<TypeFiguresShape>? Kinds { get; init; }

    /// <summary>Of all, or of a kind: each name.</summary>
    public IReadOnlyList<TypeFiguresShape>? Types { get; init; }

    public long? StepSeconds { get; init; }

    /// <summary>Of each step, where one is asked for.</summary>
    public IReadOnlyList<PointShape>? Points { get; init; }
}

/// <summary>A point of a chart.</summary>
internal sealed record PointShape : FiguresShape
{
    /// <summary>When its step begins.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>Figures of a kind in one minute.</summary>
internal sealed record MetricsSnapshot : FiguresShape
{
    public required string Kind { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }
}

/// <summary>Which range of figures is asked for; without one they are those since the last reset.</summary>
internal sealed record MetricsRange
{
    /// <summary>Not before this minute; `start` and `start_time` are the same.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Not after this minute; `end` and `end_time` are the same.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Whole minutes, such as `60`, `5m`, `1h` or `1d`: points of a chart so long.</summary>
    public string? Step { get; init; }
}

/// <summary>That figures begin anew.</summary>
internal sealed record FiguresResetShape
{
    /// <summary>Which figures.</summary>
    public required string Reset { get; init; }

    public required DateTimeOffset Since { get; init; }
}
