using Workers.Contracts.Commands;
using Workers.Engine.Store;

namespace Workers.Api.Descriptions;

/// <summary>Why it is done; in the query or in `X-Reason` it may be said as well.</summary>
internal record ReasonBody
{
    [Length(0, 1_000)]
    public string? Reason { get; init; }
}

/// <summary>Which commands of a kind are held back.</summary>
internal sealed record PauseBody : ReasonBody
{
    /// <summary>A command's name: those of this type alone.</summary>
    public string? Type { get; init; }

    /// <summary>Those of this key alone.</summary>
    public string? Key { get; init; }

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Which commands of a kind go on.</summary>
internal sealed record ResumeBody : ReasonBody
{
    public string? Type { get; init; }

    public string? Key { get; init; }
}

/// <summary>How commands of a kind stand.</summary>
internal sealed record QueueStateShape
{
    /// <summary>The kind.</summary>
    public required string Queue { get; init; }

    public string? Type { get; init; }

    public string? Key { get; init; }

    public required bool Paused { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? Until { get; init; }

    public DateTimeOffset? At { get; init; }

    public string? By { get; init; }
}

/// <summary>How many waiting commands were cancelled.</summary>
internal sealed record ClearedQueueShape
{
    public required long Cancelled { get; init; }
}

/// <summary>What waits, and is searched for.</summary>
internal sealed record QueueFilters : Paging
{
    public string? Type { get; init; }

    public string? Kind { get; init; }

    public string? Key { get; init; }

    public string? UserId { get; init; }

    public CommandState? State { get; init; }
}

/// <summary>Who executes which commands.</summary>
internal record RegistrationShape
{
    public required string Name { get; init; }

    [OneOf("built_in", "http")]
    public required string Kind { get; init; }

    /// <summary>Names of commands.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    public required bool Registered { get; init; }

    public string? Url { get; init; }

    public long? TimeoutMs { get; init; }

    /// <summary>Calls have a signature.</summary>
    public bool? Signed { get; init; }
}

/// <summary>A handler and how it does.</summary>
internal sealed record HandlerShape : RegistrationShape
{
    [OneOf("healthy", "unhealthy", "unregistered")]
    public required string Health { get; init; }

    [OneOf("CLOSED", "HALF_OPEN", "OPEN")]
    public required string Circuit { get; init; }

    /// <summary>Calls to the outside that are not done.</summary>
    public required int InFlight { get; init; }

    public required AveragesShape Averages { get; init; }

    public DateTimeOffset? RegisteredAt { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Over the last commands that have ended.</summary>
internal sealed record AveragesShape
{
    public required int Count { get; init; }

    /// <summary>Milliseconds until they were started.</summary>
    public required decimal QueueMs { get; init; }

    /// <summary>Milliseconds from start to end.</summary>
    public required decimal RunMs { get; init; }
}

/// <summary>A handler outside; without a `url` a built-in one comes back.</summary>
internal record RegisterBody : ReasonBody
{
    /// <summary>Names of commands, 1 to 100.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Gets the commands; its host must be among those that the configuration allows.</summary>
    public string? Url { get; init; }

    /// <summary>`whsec_` and base64 of 24 to 64 bytes: calls are signed with it.</summary>
    public string? Secret { get; init; }

    /// <summary>Seconds; 10 if nothing is said.</summary>
    [Between(1, 60)]
    public int? Timeout { get; init; }
}

/// <summary>Circuits of services outside.</summary>
internal sealed record CircuitsShape
{
    /// <summary>The worst of them.</summary>
    [OneOf("CLOSED", "HALF_OPEN", "OPEN")]
    public required string State { get; init; }

    public required IReadOnlyList<CircuitShape> Breakers { get; init; }
}

/// <summary>A circuit as a worker has told of it.</summary>
internal sealed record CircuitShape
{
    public required string Name { get; init; }

    public string? Worker { get; init; }

    [OneOf("CLOSED", "HALF_OPEN", "OPEN")]
    public required string State { get; init; }

    /// <summary>In a row.</summary>
    public required int Failures { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? RetryAt { get; init; }
}

/// <summary>Whose circuits are closed.</summary>
internal sealed record ResetBody : ReasonBody
{
    /// <summary>The service; without it all.</summary>
    public string? Name { get; init; }
}

/// <summary>That circuits were closed.</summary>
internal sealed record CircuitResetShape
{
    /// <summary>The service, or `all`.</summary>
    public required string Reset { get; init; }

    [OneOf("DONE")]
    public required string Status { get; init; }
}

/// <summary>That the list of commands forgot what had ended.</summary>
internal sealed record ClearedHistoryShape
{
    public required bool Cleared { get; init; }

    public required DateTimeOffset Before { get; init; }
}
