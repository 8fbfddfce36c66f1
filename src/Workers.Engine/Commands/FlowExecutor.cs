using Workers.Contracts.Headers;
using Workers.Engine.Dispatch;
using Workers.Engine.Pump;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Commands;

/// <summary>Executes what flows wait for: each record goes to the saga that it names.</summary>
public sealed class FlowExecutor(DispatchTable table, CancellationToken stopping) : IRecordExecutor
{
    private readonly List<StateKey> _keys = [];

    public void Prepare(IReadOnlyList<WorkItem> batch, BatchSession session)
    {
        _keys.Clear();
        foreach (var item in batch)
        {
            if (item.Record.Headers.Get(HeaderName.Receiver) is { } saga)
            {
                _keys.Add(new StateKey(Receivers.FlowKind + saga, item.Record.Key));
            }
        }

        session.Prefetch(_keys);
    }

    public Execution Execute(WorkItem item, BatchSession session)
    {
        var record = item.Record;
        var saga = record.Headers.Get(HeaderName.Receiver);
        session.Enter(new RecordScope(record, session.Clock.GetUtcNow(), item.Attempt, saga is null ? null : $"{saga}/{record.Key}"));
        try
        {
            if (!record.Headers.TryGet(HeaderName.Type, out var type) || table.Find(type) is not { } entry)
            {
                return Execution.Poison("unknown_type", new KeyNotFoundException($"No flow takes '{record.Headers.Get(HeaderName.Type)}'."));
            }

            entry.Dispatch(entry.Decode(record), record, session, stopping).GetAwaiter().GetResult();
            return Execution.Done;
        }
#pragma warning disable CA1031 // Whatever a saga throws is told apart by Verdict; our own store's errors leave again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Executions.Of(error, stopping);
        }
    }

    public void GiveUp(WorkItem item, Execution why, BatchSession session) => session.Enter(RecordScope.None);

    public bool Cancel(WorkItem item, string why, BatchSession session) => false;

    public bool Delay(WorkItem item, BatchSession session) => false;

    public string HandlerOf(WorkItem item) => item.Record.Headers.Get(HeaderName.Receiver) ?? "";

    public void MoveTo(Flush flush)
    {
    }

    public void Clear()
    {
    }
}
