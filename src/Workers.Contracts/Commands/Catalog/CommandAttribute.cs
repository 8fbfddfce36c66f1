namespace Workers.Contracts.Commands;

/// <summary>Says which command a record is.</summary>
/// <param name="kind">One of <see cref="Commands.Kind"/>.</param>
/// <param name="action">The verb that names the command together with its kind.</param>
/// <param name="noun">What it is about: its id's member is <c>{noun}_id</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CommandAttribute(string kind, string action, string noun) : Attribute
{
    public string Kind { get; } = kind;

    public string Action { get; } = action;

    public string Noun { get; } = noun;

    /// <summary>Sent by the platform to itself; no door takes it.</summary>
    public bool Internal { get; set; }

    /// <summary>What it has done can be taken back by an UndoCommand.</summary>
    public bool Undoable { get; set; }

    /// <summary>It concerns every worker, whatever its key: it goes to <see cref="Topics.Control"/>.</summary>
    public bool ForAll { get; set; }
}
