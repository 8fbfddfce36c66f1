using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>Reads by one thread on a connection of its own, opened at the first read. After the server was away it connects anew by itself.</summary>
internal sealed class MySqlStateReader(Readers readers) : IStateReader
{
    private readonly Session _session = readers.Take();
    private bool _disposed;

    public void FindOutcomes(IReadOnlyCollection<Guid> ids, IDictionary<Guid, Outcome> found) => Find(ids, found, OutcomeTable.Find);

    public void FindCallerKeys(IReadOnlyCollection<Guid> hashes, IDictionary<Guid, CallerKeyWrite> found) => Find(hashes, found, CallerKeyTable.Find);

    public void FindStates(IReadOnlyCollection<StateKey> keys, IDictionary<StateKey, StateRow> found) => Find(keys, found, StateTable.Find);

    public string? FindUnique(string space, string value) => Ask(s => UniqueTable.Find(s, space, value));

    public IReadOnlyList<EventRow> Events(StateKey stream, long fromVersion, int limit) => Ask(s =>
    {
        var found = new Dictionary<StateKey, StateRow>();
        StateTable.Find(s, [stream], found);
        return found.TryGetValue(stream, out var state) ? EventTable.Read(s, state.LastEvent, fromVersion, limit) : [];
    });

    public IReadOnlyList<EventRow> EventsAfter(long seq, int limit) => Ask(s => EventTable.After(s, seq, limit));

    public IReadOnlyList<(StateKey Key, string Label, long UpdatedMs, StateRow Row)> ByLabel(
        string kind, string? label, (long UpdatedMs, string Id)? before, int limit) => Ask(s => StateTable.ByLabel(s, kind, label, before, limit));

    public IReadOnlyList<(string Label, int Count)> CountLabels(string kind, int most) => Ask(s => StateTable.CountLabels(s, kind, most));

    public IReadOnlyList<ParkedRow> Parked(string group, PartitionId partition, long afterOrder, int limit) =>
        Ask(s => ParkedTable.Of(s, group, partition, afterOrder, limit));

    public IReadOnlyList<TimerWrite> DueTimers(string group, PartitionId partition, long nowMs, int limit, out long? nextDueMs)
    {
        (var due, nextDueMs) = Ask(s => (TimerTable.FindDue(s, group, partition, nowMs, limit, out var next), next));
        return due;
    }

    public IReadOnlyList<TimerWrite> TimersOf(string key, int limit) => Ask(s => TimerTable.OfKey(s, key, limit));

    public TimerWrite? FindTimer(Guid token) => Ask(s => TimerTable.Find(s, token));

    public IReadOnlyList<TimerWrite> Timers(string group, PartitionId partition, (long DueMs, Guid Token)? after, int limit) =>
        Ask(s => TimerTable.Of(s, group, partition, after, limit));

    public IReadOnlyList<SeenShard> Seen(string group, PartitionId partition) => Ask(s => OutboxTable.Seen(s, group, partition));

    public DeadLetter? DeadLetter(Guid id) => Ask(s => DeadLetterTable.Find(s, id));

    public IReadOnlyList<DeadLetter> DeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit) =>
        Ask(s => DeadLetterTable.List(s, filter, before, limit));

    public IReadOnlyList<DeadLetter> OldestDeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? after, int limit) =>
        Ask(s => DeadLetterTable.Oldest(s, filter, after, limit));

    public IReadOnlyList<DeadLetterGroup> DeadLetterGroups(DeadLetterFilter filter, int limit) => Ask(s => DeadLetterTable.Groups(s, filter, limit));

    public long CountDeadLetters(DeadLetterFilter? filter = null) => Ask(s => DeadLetterTable.Count(s, filter ?? new DeadLetterFilter()));

    public IReadOnlyList<T> ParkedRows<T>(string group, int limit, Func<PartitionId, ParkedRow, T> make) => Ask(s => ParkedTable.Of(s, group, limit, make));

    public long ControlVersion() => Ask(ControlTable.Version);

    public IReadOnlyList<ControlRow> ControlRows(long afterVersion) => Ask(s => ControlTable.After(s, afterVersion));

    public ControlRow? FindControl(string kind, string name) => Ask(s => ControlTable.Find(s, kind, name));

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            readers.Return(_session);
        }
    }

    private T Ask<T>(Func<Session, T> read) => readers.Ask(_session, read);

    private void Find<TKey, TRow>(
        IReadOnlyCollection<TKey> keys, IDictionary<TKey, TRow> found, Action<Session, IReadOnlyCollection<TKey>, IDictionary<TKey, TRow>> find)
    {
        if (keys.Count > 0)
        {
            Ask(s =>
            {
                find(s, keys, found);
                return true;
            });
        }
    }
}
