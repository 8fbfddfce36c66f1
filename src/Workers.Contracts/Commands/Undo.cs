namespace Workers.Contracts.Commands;

/// <summary>Takes back what a command has done. Keyed as that command, so that it runs in order with what else concerns the same thing.</summary>
[Command(Kind.System, "undo", "command", Internal = true)]
public sealed record UndoCommand : ICommand
{
    [Key]
    public string RecordKey { get; init => field = value ?? ""; } = "";

    /// <summary>Our id of the command.</summary>
    [Required, Id]
    public string TargetId { get; init => field = value ?? ""; } = "";

    [Required]
    public string TargetType { get; init => field = value ?? ""; } = "";

    /// <summary>What its caller calls it; null for our id.</summary>
    public string? CalledId { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}
