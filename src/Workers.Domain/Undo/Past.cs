using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>An event of a stream with the command (our id) that it came from.</summary>
public sealed record StreamEvent(string CommandId, IDomainEvent Happened);

/// <summary>A stream, divided by one command: what was before it, what it did, and what came after.</summary>
/// <param name="IsWhole">False where something has happened that is not in it yet.</param>
public sealed record Past(IReadOnlyList<IDomainEvent> Before, IReadOnlyList<IDomainEvent> Done, IReadOnlyList<IDomainEvent> Since, bool IsWhole = true)
{
    /// <summary>Another command has changed something since.</summary>
    public bool IsChanged => Since.Count > 0 || !IsWhole;

    /// <summary>The same but for the events that do not matter.</summary>
    public Past Without(Func<IDomainEvent, bool> harmless) => this with { Since = [.. Since.Where(happened => !harmless(happened))] };

    /// <param name="stream">Oldest first.</param>
    /// <param name="commandId">The command that is to be undone.</param>
    /// <param name="isWhole">Nothing has happened beside it.</param>
    public static Past Of(IReadOnlyList<StreamEvent> stream, string commandId, bool isWhole)
    {
        var (before, done, since) = (new List<IDomainEvent>(), new List<IDomainEvent>(), new List<IDomainEvent>());
        foreach (var (id, happened) in stream)
        {
            (id == commandId ? done : done.Count == 0 ? before : since).Add(happened);
        }

        return new Past(before, done, since, isWhole);
    }
}
