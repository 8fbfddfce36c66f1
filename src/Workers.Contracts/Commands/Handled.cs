using System.Text.Json;

namespace Workers.Contracts.Commands;

/// <summary>
/// A command of a type that only a registered handler knows: what any such record is to the engine. Its own name is in the record's header.
/// </summary>
[Command(Kind.System, "custom", "custom", Internal = true)]
public sealed record CustomCommand : ICommand
{
    [Key]
    public string CustomId { get; init => field = value ?? ""; } = "";

    [Open]
    public Dictionary<string, JsonElement>? Data { get; init; }
}

/// <summary>What a handler outside has answered to a command; sent by the effects.</summary>
[Command(Kind.System, "record_handled", "command", Internal = true)]
public sealed record RecordHandled : ICommand
{
    /// <summary>The command's key.</summary>
    [Key]
    public string TargetKey { get; init => field = value ?? ""; } = "";

    /// <summary>Our id of the command.</summary>
    public string TargetId { get; init => field = value ?? ""; } = "";

    public string TargetType { get; init => field = value ?? ""; } = "";

    public string Handler { get; init => field = value ?? ""; } = "";

    /// <summary>SUCCEEDED, FAILED (the handler refused it) or DEAD_LETTERED (nobody executes it).</summary>
    public string Outcome { get; init => field = value ?? ""; } = "";

    /// <summary>The handler's own status.</summary>
    public int? Status { get; init; }

    /// <summary>The answer's JSON; absent for none.</summary>
    public string? Result { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>Which registration of the handler was called.</summary>
    public long? Registration { get; init; }

    /// <summary>The handler wants no more calls: it is taken out.</summary>
    public bool Gone { get; init; }
}
