namespace Workers.Domain;

/// <summary>That a command is undone, or is being undone: it happens once.</summary>
public sealed record UndoneCommand
{
    public const string Kind = "undone";

    /// <summary>What the command's caller calls it.</summary>
    public required string CommandId { get; init; }

    /// <summary>Our id of the undo.</summary>
    public required string UndoId { get; init; }

    public string? Reason { get; init; }

    /// <summary>False while the money is not back yet.</summary>
    public bool Done { get; init; }

    public DateTimeOffset At { get; init; }
}
