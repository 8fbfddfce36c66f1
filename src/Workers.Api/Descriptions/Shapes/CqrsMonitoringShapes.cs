using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>A handler outside of one type or of several; without a `url` a built-in one comes back.</summary>
internal sealed record CqrsRegisterBody : RegisterBody
{
    /// <summary>What it handles; or `types`.</summary>
    [Id]
    public string? Type { get; init; }

    [Flat]
    public CqrsRequest? Besides { get; init; }
}

/// <summary>The handler that was registered, or all of them where several types were given.</summary>
[AnyOf(typeof(RegistrationShape), typeof(RegistrationsShape))]
internal sealed record RegisteredShape;

/// <summary>A handler a type.</summary>
internal sealed record RegistrationsShape
{
    public required IReadOnlyList<RegistrationShape> Items { get; init; }
}

/// <summary>What is done here, what it is told with, and how much there was.</summary>
internal sealed record CqrsStatsShape
{
    public required string Service { get; init; }

    public required string Version { get; init; }

    public required string Description { get; init; }

    public required string Environment { get; init; }

    public required string Region { get; init; }

    public required string Team { get; init; }

    public required string Project { get; init; }

    public required decimal UptimeSeconds { get; init; }

    /// <summary>That came by `/api/v1/cqrs/commands` and are listed.</summary>
    public required CommandCountsShape Commands { get; init; }

    /// <summary>Since this process has started.</summary>
    public required QueryCountsShape Queries { get; init; }

    public required TotalShape Events { get; init; }

    public required ReadModelCountsShape ReadModels { get; init; }

    public required HandlerCountsShape Handlers { get; init; }

    public required ClientCountsShape Websocket { get; init; }
}

/// <summary>How many there are.</summary>
internal record TotalShape
{
    public required long Total { get; init; }
}

/// <summary>Commands by what became of them.</summary>
internal sealed record CommandCountsShape : TotalShape
{
    public required long Pending { get; init; }

    public required long Succeeded { get; init; }

    public required long Failed { get; init; }
}

/// <summary>Queries, and those that a cache answered.</summary>
internal sealed record QueryCountsShape : TotalShape
{
    public required long Cached { get; init; }
}

/// <summary>Read models by type.</summary>
internal sealed record ReadModelCountsShape : TotalShape
{
    public required IReadOnlyDictionary<string, long> ByType { get; init; }
}

/// <summary>Types that somebody executes, answers or is told of.</summary>
internal sealed record HandlerCountsShape
{
    public required HandlerCountShape Commands { get; init; }

    public required HandlerCountShape Queries { get; init; }

    public required HandlerCountShape Events { get; init; }
}

/// <summary>Types with a handler, and those whose handler somebody has registered.</summary>
internal sealed record HandlerCountShape : TotalShape
{
    public required long Registered { get; init; }
}

/// <summary>Clients of the WebSocket.</summary>
internal sealed record ClientCountsShape
{
    public required long Clients { get; init; }
}

/// <summary>Why the lists are cut.</summary>
internal sealed record CleanupBody : CqrsRequest
{
    [Length(0, 1_000)]
    public string? Reason { get; init; }
}

/// <summary>That the lists were cut to their limits.</summary>
internal sealed record CleanedShape
{
    public required RemovedShape Removed { get; init; }

    public required long DurationMs { get; init; }
}

/// <summary>How many are gone from each list.</summary>
internal sealed record RemovedShape
{
    public required long Commands { get; init; }

    /// <summary>None: each process that serves keeps the newest by itself.</summary>
    public required long Queries { get; init; }

    public required long Events { get; init; }

    public required long ReadModels { get; init; }
}
