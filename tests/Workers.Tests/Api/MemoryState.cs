using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

/// <summary>State in memory, with what the door reads of it.</summary>
internal sealed class MemoryState : IStateStore, IStateReader
{
    public string Installation => "memory";

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Outcome> _outcomes = [];
    private readonly Dictionary<Guid, CallerKeyWrite> _keys = [];

    public Dictionary<StateKey, StateRow> States { get; } = [];

    public List<EventRow> History { get; } = [];

    public List<ParkedRow> Waiting { get; } = [];

    public List<DeadLetter> Letters { get; } = [];

    public List<TimerWrite> Timers { get; } = [];

    /// <summary>How often outcomes were asked for.</summary>
    public int OutcomeQueries { get; private set; }

    public void Put(Outcome outcome)
    {
        lock (_gate)
        {
            _outcomes[outcome.Id] = outcome;
        }
    }

    /// <summary>Whose the key is.</summary>
    public Guid Claim(Guid hash, Guid id, byte[] fingerprint)
    {
        lock (_gate)
        {
            _keys.TryAdd(hash, new CallerKeyWrite(hash, id, fingerprint, 0));
            return _keys[hash].CommandId;
        }
    }

    public void FindOutcomes(IReadOnlyCollection<Guid> ids, IDictionary<Guid, Outcome> found)
    {
        lock (_gate)
        {
            OutcomeQueries++;
            Copy(_outcomes, ids, found);
        }
    }

    public void FindCallerKeys(IReadOnlyCollection<Guid> hashes, IDictionary<Guid, CallerKeyWrite> found)
    {
        lock (_gate)
        {
            Copy(_keys, hashes, found);
        }
    }

    /// <summary>States cannot be read.</summary>
    public bool IsAway { get; set; }

    public void FindStates(IReadOnlyCollection<StateKey> keys, IDictionary<StateKey, StateRow> found)
    {
        if (IsAway)
        {
            throw new StoreUnavailableException("disk I/O error");
        }

        Copy(States, keys, found);
    }

    public IReadOnlyList<EventRow> Events(StateKey stream, long fromVersion, int limit) =>
        [.. History.Where(row => row.Stream == stream && row.Version >= fromVersion).Take(limit)];

    public IReadOnlyList<(StateKey Key, string Label, long UpdatedMs, StateRow Row)> ByLabel(
        string kind, string? label, (long UpdatedMs, string Id)? before, int limit) =>
        [.. States.Where(pair => pair.Key.Kind == kind).Select(pair => (pair.Key, label ?? "Charging", 1_000L, pair.Value)).Take(limit)];

    public IReadOnlyList<(string Label, int Count)> CountLabels(string kind, int most) => [];

    public IReadOnlyList<ParkedRow> Parked(string group, PartitionId partition, long afterOrder, int limit) =>
        [.. Waiting.Where(row => row.Record.Where == partition && row.Order > afterOrder).Take(limit)];

    public IReadOnlyList<TimerWrite> TimersOf(string key, int limit) => [.. Timers.Where(timer => timer.Message.Key == key)];

    public TimerWrite? FindTimer(Guid token) => Timers.Find(timer => timer.Token == token);

    IReadOnlyList<TimerWrite> IStateReader.Timers(string group, PartitionId partition, (long DueMs, Guid Token)? after, int limit) =>
    [
        .. Timers.Where(timer => timer.Message.Where == partition && (after is not { } a || (timer.DueMs, timer.Token).CompareTo((a.DueMs, a.Token)) > 0))
            .OrderBy(timer => timer.DueMs).ThenBy(timer => timer.Token).Take(limit),
    ];

    public DeadLetter? DeadLetter(Guid id) => Letters.Find(letter => letter.Id == id);

    public IReadOnlyList<DeadLetter> DeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit) =>
        [.. Letters.Where(letter => filter.Code is null || letter.Code == filter.Code).OrderByDescending(letter => letter.LastMs).Take(limit)];

    public IReadOnlyList<DeadLetter> OldestDeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? after, int limit) =>
        [.. DeadLetters(filter, null, int.MaxValue).Reverse().Take(limit)];

    public IReadOnlyList<DeadLetterGroup> DeadLetterGroups(DeadLetterFilter filter, int limit) =>
    [
        .. DeadLetters(filter, null, int.MaxValue).GroupBy(letter => (letter.ErrorType, letter.Code, Frame: letter.Stack.Split('\n')[0]))
            .Select(group => new DeadLetterGroup(
                group.Key.ErrorType, group.Key.Code, group.Key.Frame, group.Count(), group.Min(letter => letter.FirstMs), group.Max(letter => letter.LastMs),
                group.First().Id, group.First().Message))
            .OrderByDescending(group => group.Count).Take(limit),
    ];

    public long CountDeadLetters(DeadLetterFilter? filter = null) => DeadLetters(filter ?? new DeadLetterFilter(), null, int.MaxValue).Count;

    public IReadOnlyList<T> ParkedRows<T>(string group, int limit, Func<PartitionId, ParkedRow, T> make) => [.. Waiting.Select(row => make(row.Record.Where, row))];

    public IStateReader OpenReader() => this;

    public Task<IReadOnlyList<(string Group, PartitionId Partition, PositionRow Row)>> PositionsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<(string, PartitionId, PositionRow)>>(
            [("commands", new PartitionId("workers.commands", 1), new PositionRow(SetTo ?? 1, 0, 0, true, 0, -1, 0))]);

    /// <summary>Where an operator has set the position.</summary>
    public long? SetTo { get; private set; }

    public Task<bool> SetPositionAsync(string group, PartitionId partition, long offset, CancellationToken cancellation)
    {
        SetTo = offset;
        return Task.FromResult(true);
    }

    public List<ControlRow> Control { get; } = [];

    public long ControlVersion() => Control.Count == 0 ? 0 : Control.Max(row => row.Version);

    public IReadOnlyList<ControlRow> ControlRows(long afterVersion) => [.. Control.Where(row => row.Version > afterVersion)];

    public ControlRow? FindControl(string kind, string name) => Control.Find(row => row.Kind == kind && row.Name == name);

    public void Dispose()
    {
    }

    public Dictionary<(string Space, string Value), string> Uniques { get; } = [];

    public string? FindUnique(string space, string value) => Uniques.GetValueOrDefault((space, value));

    public IReadOnlyList<EventRow> EventsAfter(long seq, int limit) => throw new NotSupportedException();

    public IReadOnlyList<TimerWrite> DueTimers(string group, PartitionId partition, long nowMs, int limit, out long? nextDueMs) =>
        throw new NotSupportedException();

    public IOutboxStore? Outbox => null;

    public IReadOnlyList<SeenShard> Seen(string group, PartitionId partition) => throw new NotSupportedException();

    public IExecutionMark MarkOf(string group, PartitionId partition) => throw new NotSupportedException();

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<PositionRow?> ReclaimAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<PositionRow?> PositionAsync(string group, PartitionId partition, CancellationToken cancellation) => throw new NotSupportedException();

    public Task ReleaseAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<FlushResult> FlushAsync(Flush flush) => throw new NotSupportedException();

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
