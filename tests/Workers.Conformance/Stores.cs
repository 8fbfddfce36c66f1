using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Conformance;

/// <summary>An adapter under test: its ports on a fresh place of their own, 4 partitions a topic. Disposing removes everything.</summary>
public abstract class Stores : IDisposable
{
    public abstract ILog Log { get; }

    public abstract IStateStore State { get; }

    public abstract IReadModelStore ReadModels { get; }

    /// <summary>Lies where the read models do.</summary>
    public virtual ICqrsStore Cqrs => throw new NotSupportedException();

    public abstract IAuditStore Audit { get; }

    /// <summary>The store's part in growing.</summary>
    public virtual IPartitionGrowth Growth => throw new NotSupportedException();

    public virtual IWorkerStore Workers => throw new NotSupportedException();

    public virtual IMetricsStore Metrics => throw new NotSupportedException();

    /// <summary>The position of a group that writes read models or the audit trail; null where it never took the partition.</summary>
    public virtual Task<PositionRow?> PositionAsync(string group, PartitionId partition) => State.PositionAsync(group, partition, CancellationToken.None);

    /// <summary>Closes everything in order and opens it again.</summary>
    public abstract void Reopen();

    /// <summary>The retention of outcomes and callers' keys, when so much time has passed since <see cref="Sample.Start"/>.</summary>
    public virtual Task TrimOutcomesAsync(TimeSpan since) => throw new NotSupportedException();

    /// <summary>The log's retention, with everything older than it.</summary>
    public abstract Task TrimEverythingOldAsync();

    /// <summary>Changes a byte of the stored record, as a failing disk would.</summary>
    public abstract void Damage(LogRecord record);

    /// <summary>Changes a stored audit entry behind the store's back.</summary>
    public abstract void Falsify(Guid auditEntry);

    /// <summary>Takes a stored audit entry out behind the store's back.</summary>
    public abstract void Remove(Guid auditEntry);

    /// <summary>Takes the entries of a day and their heads out behind the store's back.</summary>
    public virtual void RemoveDay(int day) => throw new NotSupportedException();

    /// <summary>Gives a stored entry another time behind the store's back.</summary>
    public virtual void Move(Guid auditEntry, long atMs) => throw new NotSupportedException();

    /// <summary>The process was heard of so much earlier.</summary>
    public virtual void Age(string worker, TimeSpan by) => throw new NotSupportedException();

    /// <summary>Puts an entry at the end of a chain behind the store's back, rightly hashed.</summary>
    /// <param name="last">The entry that is last.</param>
    /// <param name="entries">How many there are.</param>
    public abstract void PutIn(AuditEntry entry, AuditEntry last, int entries);

    public abstract void Dispose();
}
