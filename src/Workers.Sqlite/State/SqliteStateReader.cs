using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>Reads by one thread on a connection of its own. Looking up a list is one read transaction: one look at the file's state, one lock.</summary>
internal sealed class SqliteStateReader(Connection connection) : IStateReader
{
    private readonly OutcomeTable _outcomes = new(connection);
    private readonly CallerKeyTable _callerKeys = new(connection);
    private readonly StateTable _states = new(connection);
    private readonly EventTable _events = new(connection);
    private readonly UniqueTable _uniques = new(connection);
    private readonly TimerTable _timers = new(connection);
    private readonly ParkedTable _parked = new(connection);
    private readonly OutboxTable _outbox = new(connection);
    private readonly ControlTable _control = new(connection);
    private readonly DeadLetterTable _deadLetters = new(connection);

    public void FindOutcomes(IReadOnlyCollection<Guid> ids, IDictionary<Guid, Outcome> found) => FindAll(ids, found, _outcomes.Find);

    public void FindCallerKeys(IReadOnlyCollection<Guid> hashes, IDictionary<Guid, CallerKeyWrite> found) => FindAll(hashes, found, _callerKeys.Find);

    public void FindStates(IReadOnlyCollection<StateKey> keys, IDictionary<StateKey, StateRow> found) => FindAll(keys, found, _states.Find);

    public string? FindUnique(string space, string value) => _uniques.Find(space, value);

    public IReadOnlyList<EventRow> Events(StateKey stream, long fromVersion, int limit) => connection.Together(
        () => _states.Find(stream) is { } state ? _events.Read(stream, state.LastEvent, fromVersion, limit) : []);

    public IReadOnlyList<EventRow> EventsAfter(long seq, int limit) => _events.After(seq, limit);

    public IReadOnlyList<(StateKey Key, string Label, long UpdatedMs, StateRow Row)> ByLabel(
        string kind, string? label, (long UpdatedMs, string Id)? before, int limit) => connection.Together(() => _states.ByLabel(kind, label, before, limit));

    public IReadOnlyList<(string Label, int Count)> CountLabels(string kind, int most) => connection.Together(() => _states.CountLabels(kind, most));

    public IReadOnlyList<ParkedRow> Parked(string group, PartitionId partition, long afterOrder, int limit) =>
        _parked.Of(group, partition, afterOrder, limit);

    public IReadOnlyList<TimerWrite> DueTimers(string group, PartitionId partition, long nowMs, int limit, out long? nextDueMs) =>
        _timers.FindDue(group, partition, nowMs, limit, out nextDueMs);

    public IReadOnlyList<TimerWrite> TimersOf(string key, int limit) => _timers.OfKey(key, limit);

    public TimerWrite? FindTimer(Guid token) => _timers.Find(token);

    public IReadOnlyList<TimerWrite> Timers(string group, PartitionId partition, (long DueMs, Guid Token)? after, int limit) => _timers.Of(group, partition, after, limit);

    public IReadOnlyList<SeenShard> Seen(string group, PartitionId partition) => _outbox.Seen(group, partition);

    public DeadLetter? DeadLetter(Guid id) => _deadLetters.Find(id);

    public IReadOnlyList<DeadLetter> DeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit) =>
        _deadLetters.List(filter, before, limit);

    public IReadOnlyList<DeadLetter> OldestDeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? after, int limit) =>
        _deadLetters.Oldest(filter, after, limit);

    public IReadOnlyList<DeadLetterGroup> DeadLetterGroups(DeadLetterFilter filter, int limit) => _deadLetters.Groups(filter, limit);

    public long CountDeadLetters(DeadLetterFilter? filter = null) => _deadLetters.Count(filter ?? new DeadLetterFilter());

    public IReadOnlyList<T> ParkedRows<T>(string group, int limit, Func<PartitionId, ParkedRow, T> make) => _parked.Of(group, limit, make);

    public long ControlVersion() => _control.Version();

    public IReadOnlyList<ControlRow> ControlRows(long afterVersion) => _control.After(afterVersion);

    public ControlRow? FindControl(string kind, string name) => _control.Find(kind, name);

    public void Dispose() => connection.Dispose();

    private void FindAll<TKey, TRow>(IReadOnlyCollection<TKey> keys, IDictionary<TKey, TRow> found, Func<TKey, TRow?> find)
        where TRow : class
    {
        if (keys.Count == 0)
        {
            return;
        }

        connection.Together(() =>
        {
            foreach (var key in keys)
            {
                if (find(key) is { } row)
                {
                    found[key] = row;
                }
            }

            return true;
        });
    }
}
