using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>What a group does with its records. One instance a partition; called by the pump's thread alone.</summary>
public interface IRecordExecutor
{
    /// <summary>Decodes the batch and reads in a few queries what it will touch.</summary>
    void Prepare(IReadOnlyList<WorkItem> batch, BatchSession session);

    /// <summary>
    /// Executes one record. Failures of the record are told in the answer; <see cref="StoreUnavailableException"/> and cancellation leave as exceptions:
    /// the batch is abandoned then.
    /// </summary>
    Execution Execute(WorkItem item, BatchSession session);

    /// <summary>The record is given up: stages what its waiters are told.</summary>
    void GiveUp(WorkItem item, Execution why, BatchSession session);

    /// <summary>The record is not to be executed: stages what its waiters are told. False where that is not for it: it is executed like any other.</summary>
    bool Cancel(WorkItem item, string why, BatchSession session);

    /// <summary>The record is to be executed later: stages that. False where it is for now.</summary>
    bool Delay(WorkItem item, BatchSession session);

    /// <summary>Name of what was to handle the record, for its dead letter.</summary>
    string HandlerOf(WorkItem item);

    /// <summary>Adds what a flush writes beside the session's own (caller's keys).</summary>
    void MoveTo(Flush flush);

    /// <summary>Forgets what was remembered of batches: a flush has failed.</summary>
    void Clear();
}
