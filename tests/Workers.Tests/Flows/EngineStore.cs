using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Flows;

/// <summary>What commands and flows have stored, in memory.</summary>
internal sealed class EngineStore : IStateReader
{
    private readonly Dictionary<(string Space, string Value), string> _uniques = [];

    public Dictionary<StateKey, StateRow> States { get; } = [];

    public Dictionary<StateKey, string> Labels { get; } = [];

    public Dictionary<Guid, Outcome> Outcomes { get; } = [];

    public Dictionary<Guid, TimerWrite> Timers { get; } = [];

    public List<EventRow> History { get; } = [];

    public Dictionary<ControlName, ControlRow> Control { get; } = [];

    public void Apply(Flush flush)
    {
        foreach (var write in flush.States)
        {
            if (write.Data is null)
            {
                States.Remove(write.Key);
                continue;
            }

            States[write.Key] = new StateRow(write.Version, write.Data, 0);
            Labels[write.Key] = write.Label ?? "";
        }

        flush.Outcomes.ForEach(write => Outcomes[write.Outcome.Id] = write.Outcome);
        flush.Timers.ForEach(timer => Timers[timer.Token] = timer);
        flush.TimersDone.ForEach(token => Timers.Remove(token));
        flush.DeadLetters.ForEach(letter => Letters[letter.Id] = letter);
        flush.DeadLettersDone.ForEach(id => Letters.Remove(id));
        foreach (var write in flush.Events)
        {
            History.Add(new EventRow(History.Count + 1, write.Stream, write.Version, write.Type, write.Schema, write.AtMs, write.CommandId, write.Data));
        }

        foreach (var write in flush.Control)
        {
            Control[new ControlName(write.Kind, write.Name)] = new ControlRow(write.Kind, write.Name, Control.Count + 1, write.AtMs, write.Data);
        }

        foreach (var unique in flush.Uniques)
        {
            if (unique.Release)
            {
                _uniques.Remove((unique.Space, unique.Value));
            }
            else
            {
                _uniques[(unique.Space, unique.Value)] = unique.Owner;
            }
        }
    }

    public void FindStates(IReadOnlyCollection<StateKey> keys, IDictionary<StateKey, StateRow> found) => Copy(States, keys, found);

    public void FindOutcomes(IReadOnlyCollection<Guid> ids, IDictionary<Guid, Outcome> found) => Copy(Outcomes, ids, found);

    public string? FindUnique(string space, string value) => _uniques.GetValueOrDefault((space, value));

    public IReadOnlyList<EventRow> Events(StateKey stream, long fromVersion, int limit) =>
        [.. History.Where(row => row.Stream == stream && row.Version >= fromVersion).Take(limit)];

    public void FindCallerKeys(IReadOnlyCollection<Guid> hashes, IDictionary<Guid, CallerKeyWrite> found)
    {
    }

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

    public TimerWrite? FindTimer(Guid token) => Timers.GetValueOrDefault(token);

    IReadOnlyList<TimerWrite> IStateReader.Timers(string group, PartitionId partition, (long DueMs, Guid Token)? after, int limit) => [];

    public IReadOnlyList<SeenShard> Seen(string group, PartitionId partition) => [];

    public Dictionary<Guid, DeadLetter> Letters { get; } = [];

    public DeadLetter? DeadLetter(Guid id) => Letters.GetValueOrDefault(id);

    public IReadOnlyList<DeadLetter> DeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit) => [];

    public IReadOnlyList<DeadLetter> OldestDeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? after, int limit) =>
    [
        .. Matching(filter).Where(letter => after is not { } at || (letter.LastMs, letter.Id.ToString()).CompareTo((at.LastMs, at.Id.ToString())) > 0)
            .OrderBy(letter => letter.LastMs).ThenBy(letter => letter.Id.ToString(), StringComparer.Ordinal).Take(limit),
    ];

    public IReadOnlyList<DeadLetterGroup> DeadLetterGroups(DeadLetterFilter filter, int limit) => [];

    public long CountDeadLetters(DeadLetterFilter? filter = null) => Matching(filter ?? new DeadLetterFilter()).Count();

    private IEnumerable<DeadLetter> Matching(DeadLetterFilter filter) => Letters.Values.Where(letter =>
        (filter.Code is null || letter.Code == filter.Code) && (filter.UntilMs is null || letter.LastMs <= filter.UntilMs));

    public IReadOnlyList<T> ParkedRows<T>(string group, int limit, Func<PartitionId, ParkedRow, T> make) => [];

    public long ControlVersion() => 0;

    public IReadOnlyList<ControlRow> ControlRows(long afterVersion) => [.. Control.Values];

    public ControlRow? FindControl(string kind, string name) => Control.GetValueOrDefault(new ControlName(kind, name));

    public void Dispose()
    {
    }

    private static void Copy<TKey, TValue>(Dictionary<TKey, TValue> from, IEnumerable<TKey> keys, IDictionary<TKey, TValue> to)
        where TKey : notnull
    {
        foreach (var key in keys)
        {
            if (from.TryGetValue(key, out var value))
            {
                to[key] = value;
            }
        }
    }
}
