using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>
/// The state store: SQLite embedded, MySQL in a cluster. Its suite is <c>StateStoreConformance</c>. Only a pump writes through it; reads for
/// answers go through <see cref="IStateReader"/>s of their own.
/// </summary>
public interface IStateStore : IPositionStore
{
    /// <summary>Random, made with the store: the same in every process on it, and another one's is another.</summary>
    string Installation { get; }

    /// <summary>Takes a partition for this worker: epoch+1, clean=0; returns the row, with <c>Clean</c> as it was before (true and offset 0 for a new group).</summary>
    Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation);

    /// <summary>The row as it stands; null where the group never took the partition.</summary>
    Task<PositionRow?> PositionAsync(string group, PartitionId partition, CancellationToken cancellation);

    /// <summary>
    /// After a flush whose end is not known, or that was not written: the row as it stands and stays, with another epoch, so that nothing is written any more that was
    /// submitted before. Null, and nothing has changed, where the epoch is not ours any more.
    /// </summary>
    Task<PositionRow?> ReclaimAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation);

    /// <summary>Orderly release: clean=1 where the epoch is still ours.</summary>
    Task ReleaseAsync(string group, PartitionId partition, long epoch, CancellationToken cancellation);

    /// <summary>One transaction. Flushes of a partition are committed in the order of these calls.</summary>
    Task<FlushResult> FlushAsync(Flush flush);

    /// <summary>
    /// Where outgoing records wait until they are in the log; null where a flush appends them to the log in its own transaction, so that nothing waits.
    /// </summary>
    IOutboxStore? Outbox { get; }

    /// <summary>The mark of a group's partition, as whoever had it before left it.</summary>
    IExecutionMark MarkOf(string group, PartitionId partition);

    /// <summary>A reader for one thread.</summary>
    IStateReader OpenReader();
}

/// <summary>
/// Point and list reads by one thread at a time, each of what is committed at that moment. Never one query a record: the lists are looked up together.
/// </summary>
public interface IStateReader : IDisposable
{
    /// <summary>Adds to <paramref name="found"/> the outcomes that exist of these record ids.</summary>
    void FindOutcomes(IReadOnlyCollection<Guid> ids, IDictionary<Guid, Outcome> found);

    void FindCallerKeys(IReadOnlyCollection<Guid> hashes, IDictionary<Guid, CallerKeyWrite> found);

    void FindStates(IReadOnlyCollection<StateKey> keys, IDictionary<StateKey, StateRow> found);

    /// <summary>The owner of a claimed value; null where it is free.</summary>
    string? FindUnique(string space, string value);

    /// <summary>Events of a stream in order; <paramref name="fromVersion"/> inclusive.</summary>
    IReadOnlyList<EventRow> Events(StateKey stream, long fromVersion, int limit);

    /// <summary>
    /// Events of all streams after <paramref name="seq"/> (0: from the first), those of a stream in order: what projections are rebuilt from. Who pages from 0 finds all
    /// that was committed before the first page; what is committed meanwhile may be numbered behind where the reader is, and is for who reads the log.
    /// </summary>
    IReadOnlyList<EventRow> EventsAfter(long seq, int limit);

    /// <summary>Instances of a kind with this label (null: any), newest first, older than <paramref name="before"/> (updatedMs, id).</summary>
    IReadOnlyList<(StateKey Key, string Label, long UpdatedMs, StateRow Row)> ByLabel(string kind, string? label, (long UpdatedMs, string Id)? before, int limit);

    /// <summary>How many instances of a kind have each label; of one label no more than <paramref name="most"/> are counted.</summary>
    IReadOnlyList<(string Label, int Count)> CountLabels(string kind, int most);

    /// <summary>Parked rows of a partition by their order, after <paramref name="afterOrder"/>.</summary>
    IReadOnlyList<ParkedRow> Parked(string group, PartitionId partition, long afterOrder, int limit);

    /// <summary>Due timers of a partition, earliest first, and when the next one after them is due (null: none).</summary>
    IReadOnlyList<TimerWrite> DueTimers(string group, PartitionId partition, long nowMs, int limit, out long? nextDueMs);

    /// <summary>Pending timers whose message has this key, earliest first (for showing a flow's timers).</summary>
    IReadOnlyList<TimerWrite> TimersOf(string key, int limit);

    /// <summary>The pending timer with this token; null where it was sent or taken back.</summary>
    TimerWrite? FindTimer(Guid token);

    /// <summary>Pending timers of a partition by due time and token, after <paramref name="after"/>.</summary>
    IReadOnlyList<TimerWrite> Timers(string group, PartitionId partition, (long DueMs, Guid Token)? after, int limit);

    /// <summary>The highest seq that a group has taken of each shard in a partition.</summary>
    IReadOnlyList<SeenShard> Seen(string group, PartitionId partition);

    DeadLetter? DeadLetter(Guid id);

    /// <summary>Newest first, older than <paramref name="before"/> (lastMs, id); filters are exact, null means any.</summary>
    IReadOnlyList<DeadLetter> DeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? before, int limit);

    /// <summary>The same oldest first, younger than <paramref name="after"/>.</summary>
    IReadOnlyList<DeadLetter> OldestDeadLetters(DeadLetterFilter filter, (long LastMs, Guid Id)? after, int limit);

    /// <summary>By cause, the most frequent first.</summary>
    IReadOnlyList<DeadLetterGroup> DeadLetterGroups(DeadLetterFilter filter, int limit);

    /// <summary>Of all where nothing is said.</summary>
    long CountDeadLetters(DeadLetterFilter? filter = null);

    /// <summary>0 until something was written.</summary>
    long ControlVersion();

    /// <summary>Control rows that were written after that version, in the order of their versions; 0: all.</summary>
    IReadOnlyList<ControlRow> ControlRows(long afterVersion);

    /// <summary>Null where it was never written or is done with.</summary>
    ControlRow? FindControl(string kind, string name);

    /// <summary>What is made of each of a group's first parked rows, one after another: their records may be large, and none is kept.</summary>
    IReadOnlyList<T> ParkedRows<T>(string group, int limit, Func<PartitionId, ParkedRow, T> make);
}
