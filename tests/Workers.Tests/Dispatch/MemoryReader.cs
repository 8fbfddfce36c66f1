using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Dispatch;

/// <summary>States in memory. Nothing else is there.</summary>
internal sealed class MemoryReader : IStateReader
{
    public Dictionary<StateKey, StateRow> States { get; } = [];

    public void Apply(Flush flush)
    {
        foreach (var write in flush.States)
        {
            if (write.Data is null)
            {
                States.Remove(write.Key);
            }
            else
            {
                States[write.Key] = new StateRow(write.Version, write.Data, 0);
            }
        }
    }

    public void FindStates(IReadOnlyCollection<StateKey> keys, IDictionary<StateKey, StateRow> found)
    {
        foreach (var key in keys)
        {
            if (States.TryGetValue(key, out var row))
            {
                found[key] = row;
            }
        }
    }

    public void FindOutcomes(IReadOnlyCollection<Guid> ids, IDictionary<Guid, Outcome> found)
    {
    }

    public void FindCallerKeys(IReadOnlyCollection<Guid> hashes, IDictionary<Guid, CallerKeyWrite> found)
    {
    }

    public string? FindUnique(string space, string value) => null;

    public IReadOnlyList<EventRow> Events(StateKey stream, long fromVersion, int limit) => [];

    public IReadOnlyList<EventRow> EventsAfter(long seq, int limit) => [];

    public IReadOnlyList<(StateKey Key, string Label, long UpdatedMs, StateRow Row)> ByLabel(
        string kind, string? label, (long UpdatedMs, string Id)? before, int limit) => [];

    public IReadOnlyList<(string Label, int Count)> CountLabels(string kind, int most) => [];

    public IReadOnlyList<ParkedRow> Parked(string group, PartitionId partition, long afterOrder, int limit) => [];

    public IReadOnlyList<TimerWrite> DueTimers(string group, PartitionId partition, long nowMs, int limit, out long? nextDueMs)
    {
        nextDueMs = null;
        return [];
    }

    public IReadOnlyList<TimerWrite> TimersOf(string key, int limit) => [];

    public TimerWrite? FindTimer(Guid token) => null;

    public IReadOnlyList<TimerWrite> Timers(string group, PartitionId partition, (long DueMs, Guid Token)? after, int limit) => [];

    public IReadOnlyList<SeenShard> Seen(string group, PartitionId partition) => [];

    public DeadLetter? DeadLetter(Guid id) => null;

    public IReadOnlyList<DeadLetter> DeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit) => [];

    public IReadOnlyList<DeadLetter> OldestDeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? after, int limit) => [];

    public IReadOnlyList<DeadLetterGroup> DeadLetterGroups(DeadLetterFilter filter, int limit) => [];

    public long CountDeadLetters(DeadLetterFilter? filter = null) => 0;

    public IReadOnlyList<T> ParkedRows<T>(string group, int limit, Func<PartitionId, ParkedRow, T> make) => [];

    public long ControlVersion() => 0;

    public IReadOnlyList<ControlRow> ControlRows(long afterVersion) => [];

    public ControlRow? FindControl(string kind, string name) => null;

    public void Dispose()
    {
    }
}
