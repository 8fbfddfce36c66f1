using Workers.Contracts.Commands;

namespace Workers.Api.Descriptions;

/// <summary>What could not be executed, with its bytes.</summary>
internal sealed record DeadLetterShape
{
    public required Guid Id { get; init; }

    public required string Reason { get; init; }

    public required string ErrorType { get; init; }

    public required string Code { get; init; }

    public required string Message { get; init; }

    public required string Group { get; init; }

    public required string Handler { get; init; }

    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    public required string Key { get; init; }

    /// <summary>Name of the command, event or effect; absent where the record says none.</summary>
    public string? Type { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Its bytes; to operators only.</summary>
    public string? ValueBase64 { get; init; }

    /// <summary>The same where it is JSON, without what nobody should read; any other text to operators only.</summary>
    public string? ValueText { get; init; }

    public required int Attempts { get; init; }

    public DateTimeOffset? FirstAt { get; init; }

    public DateTimeOffset? LastAt { get; init; }

    public required Guid CommandId { get; init; }

    public string? Worker { get; init; }

    /// <summary>As it failed, where it was edited since.</summary>
    public OriginalShape? Original { get; init; }

    public EditShape? Edited { get; init; }
}

/// <summary>A dead letter's record as it failed.</summary>
internal sealed record OriginalShape
{
    public required string Key { get; init; }

    public string? Type { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Its bytes; to operators only.</summary>
    public string? ValueBase64 { get; init; }

    /// <summary>The same where it is JSON, without what nobody should read; any other text to operators only.</summary>
    public string? ValueText { get; init; }
}

/// <summary>Who has edited a dead letter last.</summary>
internal sealed record EditShape
{
    public required string By { get; init; }

    public DateTimeOffset? At { get; init; }

    public string? Reason { get; init; }
}

/// <summary>What a dead letter's command is to become; what is absent stays.</summary>
internal sealed record EditBody : ReasonBody
{
    /// <summary>Name of the command.</summary>
    public string? Type { get; init; }

    /// <summary>Its members, as at any door; they keep the letter's key.</summary>
    [Open]
    public IReadOnlyDictionary<string, System.Text.Json.JsonElement>? Data { get; init; }
}

/// <summary>A dead letter that was edited.</summary>
internal sealed record EditedShape
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Key { get; init; }

    /// <summary>EDITED</summary>
    public required string Status { get; init; }
}

/// <summary>Dead letters of one cause.</summary>
internal sealed record DeadLetterGroupShape
{
    public required string ErrorType { get; init; }

    public required string Code { get; init; }

    /// <summary>Where it was thrown.</summary>
    public string? Frame { get; init; }

    public required string Message { get; init; }

    public required int Count { get; init; }

    public DateTimeOffset? FirstAt { get; init; }

    public DateTimeOffset? LastAt { get; init; }

    public required Guid LatestId { get; init; }
}

/// <summary>Dead letters that are searched for.</summary>
internal sealed record DeadLetterFilters : Paging
{
    public string? Group { get; init; }

    public string? Key { get; init; }

    public string? Reason { get; init; }

    public string? Code { get; init; }

    public string? ErrorType { get; init; }

    /// <summary>Where it was thrown, as groups show it.</summary>
    public string? Frame { get; init; }

    public Guid? CommandId { get; init; }
}

/// <summary>Which dead letters are put back: those named, else those of the filter.</summary>
internal sealed record ReplayBody : ReasonBody
{
    public ReplayFilter? Filter { get; init; }

    public IReadOnlyList<Guid>? Ids { get; init; }

    /// <summary>At most so many; all that are there if nothing is said.</summary>
    [Between(1, int.MaxValue)]
    public int? Limit { get; init; }

    /// <summary>The number that a dry run has matched; where more are found by then nothing is done.</summary>
    [Between(1, int.MaxValue)]
    public int? Expected { get; init; }

    /// <summary>Letters a second; 100 if nothing is said.</summary>
    [Between(1, 1_000)]
    public int? Rate { get; init; }

    /// <summary>Only says which they are.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>A filter of dead letters.</summary>
internal sealed record ReplayFilter
{
    public string? Group { get; init; }

    public string? Key { get; init; }

    public string? Reason { get; init; }

    public string? Code { get; init; }

    public string? ErrorType { get; init; }

    /// <summary>Where it was thrown, as groups show it.</summary>
    public string? Frame { get; init; }

    public Guid? CommandId { get; init; }
}

/// <summary>Which dead letters would be put back: the oldest 1,000 of them.</summary>
internal sealed record ReplayShape
{
    public required bool DryRun { get; init; }

    public required long Matched { get; init; }

    public required IReadOnlyList<ReplayedShape> Items { get; init; }
}

/// <summary>A dead letter that would be put back.</summary>
internal sealed record ReplayedShape
{
    public required Guid Id { get; init; }

    public required string Key { get; init; }

    public required string Group { get; init; }

    /// <summary>The command's name; none where it is no command.</summary>
    public string? Type { get; init; }

    public required string Code { get; init; }

    public required DateTimeOffset LastAt { get; init; }

    public required Guid CommandId { get; init; }
}

/// <summary>A replay that has begun, or was cancelled.</summary>
internal sealed record ReplayStartedShape
{
    public required Guid OperationId { get; init; }

    public required bool DryRun { get; init; }

    /// <summary>RUNNING, DONE, CANCELLED</summary>
    public required string State { get; init; }

    public required long Matched { get; init; }

    public required long Replayed { get; init; }

    public required long Skipped { get; init; }

    public required int Rate { get; init; }

    public required IReadOnlyDictionary<string, string> Links { get; init; }
}

/// <summary>A replay of many dead letters.</summary>
internal sealed record ReplayOperationShape
{
    public required Guid OperationId { get; init; }

    /// <summary>RUNNING, DONE, CANCELLED</summary>
    public required string State { get; init; }

    /// <summary>Letters that it found when it began.</summary>
    public required long Matched { get; init; }

    /// <summary>Letters that it has come to so far.</summary>
    public required long Requested { get; init; }

    /// <summary>Letters that went back.</summary>
    public required long Replayed { get; init; }

    /// <summary>Letters that others had taken off the desk before.</summary>
    public required long Skipped { get; init; }

    /// <summary>Letters that wait behind others of their key.</summary>
    public required int Pending { get; init; }

    /// <summary>Letters a second.</summary>
    public required int Rate { get; init; }

    public int? Limit { get; init; }

    public string? Reason { get; init; }

    public required string By { get; init; }

    public ReplayFilter? Filter { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Links { get; init; }
}

/// <summary>Replays that are searched for.</summary>
internal sealed record ReplayFilters : Paging
{
    /// <summary>RUNNING, DONE or CANCELLED.</summary>
    public string? State { get; init; }
}
