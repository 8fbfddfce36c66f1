using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>
/// Which records of a partition are cancelled or held back, by the state that the batch in hand is decided under. Where nothing is, a record costs one
/// comparison. Tests: ControlPumpTests.
/// </summary>
internal sealed class ControlGate(ControlFeed? feed, PartitionId partition, int partitions)
{
    private long _sweptVersion = -1;
    private bool _open = true;

    public ControlState State { get; private set; } = ControlState.Empty;

    /// <summary>What a flush is to be checked against.</summary>
    public long Version => feed is null ? Flush.AnyControl : State.Version;

    /// <summary>Something has changed since the last <see cref="Take"/>.</summary>
    public bool IsBehind => feed is not null && !ReferenceEquals(feed.Current, State);

    /// <summary>Asks the store itself: a flush was refused, perhaps for this.</summary>
    public void Refresh(IStateReader reader) => feed?.Refresh(reader);

    /// <summary>What is known now counts from now on. True where records that wait may be cancelled by it.</summary>
    public bool Take()
    {
        State = feed!.Current;
        _open = State.Pauses.Count == 0 && State.Fence is null && State.Cancels.IsEmpty;
        return State.Fence is not null || !State.Cancels.IsEmpty;
    }

    /// <summary>Everything counts as new again: what waits was read anew.</summary>
    public void Forget() => _sweptVersion = -1;

    /// <summary>Commands of this partition that were cancelled since the last call, and their keys.</summary>
    public (IReadOnlyList<Guid> Ids, IReadOnlyList<string> Keys) NewlyCancelled()
    {
        if (State.Cancels.IsEmpty)
        {
            return ([], []);
        }

        var found = State.Cancels.Where(c => c.Value.Version > _sweptVersion && Murmur2.Partition(c.Value.Cancel.Key, partitions) == partition.Number).ToList();
        _sweptVersion = State.Version;
        return ([.. found.Select(c => c.Key)], [.. found.Select(c => c.Value.Cancel.Key).Distinct()]);
    }

    /// <summary>Why the record is not to be executed; null where it is.</summary>
    public string? CancelOf(LogRecord record)
    {
        if (_open)
        {
            return null;
        }

        return State.Cancels.TryGetValue(record.Id, out var asked) ? Sentence("The command was cancelled", asked.Cancel.Reason)
            : State.Fence is { } fence && FenceRules.Covers(fence, record)
                ? Sentence("The queue was cleared", fence.Reason)
            : null;
    }

    /// <summary>Whether a cancel of this very command is known, which has then done its work.</summary>
    public bool HasCancel(Guid id) => State.Cancels.ContainsKey(id);

    /// <summary>When the record may run (<see cref="long.MaxValue"/>: when somebody says so); null: now.</summary>
    public long? HeldUntil(LogRecord record, long nowMs)
    {
        if (_open || State.Pauses.Count == 0)
        {
            return null;
        }

        // Types that only registered handlers know are of the kind system.
        var type = record.Headers.Get(HeaderName.Type) ?? "";
        var info = CommandCatalog.Find(type);
        if (info is { IsInternal: true })
        {
            return null;
        }

        long? until = null;
        foreach (var pause in State.Pauses)
        {
            if (!pause.IsOver(nowMs) && pause.Holds(info?.Kind ?? Kind.System, info?.Name ?? type, record.Key) && !IsResume(info, record.Key))
            {
                until = Math.Max(until ?? 0, pause.UntilMs ?? long.MaxValue);
            }
        }

        return until;
    }

    // Else a pause of kind system could not be ended by a command.
    private static bool IsResume(CommandInfo? info, string key) => info?.Type == typeof(RunSystemAction) && key == "resume_queue";

    private static string Sentence(string what, string? reason) => reason is null ? what : $"{what}: {reason}";
}
