using Workers.Engine.Log;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Store;

/// <summary>States of a command, as stored and (upper case) on the wire.</summary>
public enum CommandState : byte
{
    Queued = 0,
    Scheduled = 1,
    Running = 2,
    Retrying = 3,
    Succeeded = 4,
    Failed = 5,
    Cancelled = 6,
    Undone = 7,
    DeadLettered = 8,
}

/// <summary>The names of states on the wire.</summary>
public static class CommandStates
{
    private static readonly string[] Names =
        ["QUEUED", "SCHEDULED", "RUNNING", "RETRYING", "SUCCEEDED", "FAILED", "CANCELLED", "UNDONE", "DEAD_LETTERED"];

    public static string Name(this CommandState state) => Names[(int)state];

    /// <summary>The state of that name, upper or lower case; null where there is none.</summary>
    public static CommandState? Find(string name)
    {
        var index = Array.FindIndex(Names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : (CommandState)index;
    }
}

/// <summary>What became of a command. A repeat has an outcome of its own that names the first command in <see cref="AliasOf"/>.</summary>
/// <param name="Id">The record's id (ours).</param>
/// <param name="Status">HTTP status of the finished answer; 0 while running.</param>
/// <param name="Body">UTF-8 JSON: the result, or on FAILED, DEAD_LETTERED and CANCELLED <c>{"code","message","errors"?}</c>; empty for none.</param>
public sealed record Outcome(
    Guid Id, CommandState State, Guid? AliasOf, int Attempts, int Status, long StartedMs, long CompletedMs, PartitionId Partition, long Offset, byte[] Body)
{
    /// <summary>When a command was accepted that is RUNNING (milliseconds since 1970), for whoever finishes it; 0: not known, or not RUNNING.</summary>
    public long SubmittedMs { get; init; }

    /// <summary>What is stored beside <see cref="StartedMs"/>: a command that runs has not ended, and one that has ended tells when it was accepted by its row in the list.</summary>
    public long StoredMs => State == CommandState.Running && AliasOf is null ? SubmittedMs : CompletedMs;

    /// <summary>As it is read from a store.</summary>
    /// <param name="storedMs"><see cref="StoredMs"/>.</param>
    public static Outcome Stored(
        Guid id, CommandState state, Guid? aliasOf, int attempts, int status, long startedMs, long storedMs, PartitionId partition, long offset, byte[] body)
    {
        var runs = state == CommandState.Running && aliasOf is null;
        return new Outcome(id, state, aliasOf, attempts, status, startedMs, runs ? 0 : storedMs, partition, offset, body) { SubmittedMs = runs ? storedMs : 0 };
    }

    /// <summary>True when nothing more will come: RUNNING is a deferred outcome.</summary>
    public bool IsFinal => State is not (CommandState.Running or CommandState.Queued or CommandState.Retrying or CommandState.Scheduled);
}

/// <param name="Finishes">True replaces a RUNNING, DEAD_LETTERED or (undo) SUCCEEDED outcome of this id; false inserts a new one.</param>
public sealed record OutcomeWrite(Outcome Outcome, bool Finishes)
{
    /// <summary>Of a command that has ended with it; null where it goes on or repeats another.</summary>
    public Timing? Timing { get; init; }

    /// <summary>Of a command that has decided on a schedule.</summary>
    public ScheduleFigures? Schedule { get; init; }
}
