using System.Text.Json;
using System.Text.Json.Serialization;
using Workers.Contracts.Commands;
using Workers.Engine.Store;

namespace Workers.Api.Descriptions;

/// <summary>A command, from its acceptance to its end.</summary>
internal sealed record CommandShape
{
    /// <summary>Ours.</summary>
    public required Guid Id { get; init; }

    /// <summary>The caller's own, else ours.</summary>
    public required string CommandId { get; init; }

    /// <summary>Its name, such as `CreateOrder`.</summary>
    public required string Type { get; init; }

    /// <summary>Its kind; empty for one that a registered handler alone knows.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is about: commands of one key are executed in their order.</summary>
    public required string Key { get; init; }

    public required CommandState State { get; init; }

    /// <summary>The same as `state`, at the doors of `/api/v1/cqrs` and of what came by them.</summary>
    public CommandState? Status { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When it is executed, while it waits for that.</summary>
    public DateTimeOffset? ScheduledAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>Its members, sensitive ones hidden.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }

    /// <summary>What it came to, where it has succeeded.</summary>
    public ResultShape? Result { get; init; }

    /// <summary>Why it has failed, or is tried again.</summary>
    public CommandErrorShape? Error { get; init; }

    public string? UserId { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>The command that caused it, where one did; of other systems' commands what they say.</summary>
    public string? CausationId { get; init; }

    public string? ScheduleId { get; init; }

    public string? TraceId { get; init; }

    public required CommandLinksShape Links { get; init; }
}

/// <summary>Why a command has failed.</summary>
internal sealed record CommandErrorShape
{
    public string? Code { get; init; }

    public string? Message { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }
}

/// <summary>What can be done with a command.</summary>
internal sealed record CommandLinksShape
{
    public required string Self { get; init; }

    public required string Events { get; init; }

    /// <summary>Where it is undone, if it can be.</summary>
    public string? Undo { get; init; }

    /// <summary>Where it is cancelled, while it can be.</summary>
    public string? Cancel { get; init; }

    /// <summary>Its page for people.</summary>
    public required string Console { get; init; }

    /// <summary>The command that this one repeats.</summary>
    public string? First { get; init; }

    /// <summary>Other commands of the same caller's id.</summary>
    public IReadOnlyList<string>? Alternates { get; init; }
}

/// <summary>One state that a command entered.</summary>
internal sealed record TimelineEntryShape
{
    public required CommandState State { get; init; }

    public DateTimeOffset? At { get; init; }

    public int? Attempts { get; init; }

    /// <summary>When it is tried again.</summary>
    public DateTimeOffset? NextAt { get; init; }

    public ResultShape? Result { get; init; }

    public CommandErrorShape? Error { get; init; }
}

/// <summary>Commands that are searched for.</summary>
internal sealed record CommandFilters : Times
{
    /// <summary>A command's name, or a kind.</summary>
    public string? Type { get; init; }

    [OneOf(Contracts.Commands.Kind.Payment, Contracts.Commands.Kind.User, Contracts.Commands.Kind.Order, Contracts.Commands.Kind.Notification,
        Contracts.Commands.Kind.Inventory, Contracts.Commands.Kind.Refund, Contracts.Commands.Kind.Audit, Contracts.Commands.Kind.System)]
    public string? Kind { get; init; }

    public CommandState? State { get; init; }

    public string? Key { get; init; }

    public string? UserId { get; init; }

    public string? CorrelationId { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>An id of the command (ours, the caller's, its key, user or correlation) as it is, or how its name begins.</summary>
    public string? Q { get; init; }

    /// <summary>Also what the platform sends to itself, such as `RecordCircuit`: left out unless that is true, or `type` names it.</summary>
    public bool? Internal { get; init; }

    [OneOf("-submitted_at", "submitted_at")]
    public string? Sort { get; init; }
}

/// <summary>Where to look for a command.</summary>
internal sealed record CommandPlace
{
    /// <summary>Where it lies in the log, as a 202's `Location` says.</summary>
    public string? At { get; init; }
}

/// <summary>Which command is undone, and why.</summary>
internal sealed record UndoBody : ReasonBody
{
    /// <summary>The caller's own id of it, or ours.</summary>
    [Required]
    public required string CommandId { get; init; }
}

/// <summary>What became of the commands of a batch, in their order.</summary>
internal sealed record BatchShape
{
    public required IReadOnlyList<BatchItemShape> Items { get; init; }
}

/// <summary>What became of one command of a batch.</summary>
internal sealed record BatchItemShape
{
    /// <summary>Its place in the batch, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The status that it would have been answered with alone.</summary>
    public required int Status { get; init; }

    public string? CommandId { get; init; }

    /// <summary>Absent where it was not accepted.</summary>
    public CommandState? State { get; init; }

    public ResultShape? Result { get; init; }

    public string? Error { get; init; }

    public string? Code { get; init; }
}

/// <summary>The commands of a batch.</summary>
[AnyOf(typeof(IReadOnlyList<AnyCommand>), typeof(BatchOfCommands))]
internal sealed record BatchBodyShape;

/// <summary>Commands that are accepted together.</summary>
internal sealed record BatchOfCommands
{
    [Required]
    public required IReadOnlyList<AnyCommand> Commands { get; init; }

    /// <summary>All are appended, or none where one of them is wrong.</summary>
    public bool? Atomic { get; init; }
}

/// <summary>Any command, as it is executed alone: its schema comes from the catalog.</summary>
internal sealed record AnyCommand;

/// <summary>A command of a type that only a registered handler knows: its data, or its members beside these.</summary>
internal sealed record HandlersCommand
{
    [Required]
    public required string Type { get; init; }

    [Id]
    public string? CommandId { get; init; }

    /// <summary>Commands of one key are executed in their order.</summary>
    [Id]
    public string? Key { get; init; }

    [Id]
    public string? UserId { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Members { get; set; }
}
