using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>
/// The store's part in giving the keyed topics more partitions, while nothing else is at work on them. What was begun and what was done is kept in the
/// store (<see cref="GrowthRows"/>). Its suite is <c>PartitionGrowthConformance</c>.
/// </summary>
public interface IPartitionGrowth
{
    /// <summary>Others that have the store open now, as people can find them; none where it belongs to one process.</summary>
    Task<IReadOnlyList<string>> OthersAsync(CancellationToken cancellation);

    /// <summary>By how many partitions the keys are placed of what the store has; null where that was not noted yet.</summary>
    Task<int?> CountAsync(CancellationToken cancellation);

    /// <summary>Notes it, where the log lies elsewhere: its topics may be changed by others, and are compared with it at each start.</summary>
    Task NoteAsync(int count, long atMs, CancellationToken cancellation);

    /// <summary>The growth that was begun and neither completed nor withdrawn; null where there is none.</summary>
    Task<Growth?> BegunAsync(CancellationToken cancellation);

    /// <summary>Batches of records that are committed and not known to be in the log.</summary>
    Task<long> OutboxAsync(CancellationToken cancellation);

    /// <summary>From now on nothing is committed that was decided before: the partitions of the keyed topics are nobody's.</summary>
    Task FenceAsync(CancellationToken cancellation);

    /// <summary>Notes that it was begun: nothing else starts until it is completed or withdrawn.</summary>
    Task BeginAsync(Growth growth, CancellationToken cancellation);

    /// <summary>Takes the note back: the log is as it was.</summary>
    Task WithdrawAsync(Growth growth, CancellationToken cancellation);

    /// <summary>
    /// In one transaction: timers and parked rows go to the partition of their key, those of a key in their order and before whatever comes to be parked there
    /// (where the log is in this store its topics grow), the growth is history, and the note is gone.
    /// </summary>
    Task CompleteAsync(Growth growth, CancellationToken cancellation);
}
