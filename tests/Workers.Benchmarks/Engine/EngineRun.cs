using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Pump;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Benchmarks.Engine;

/// <summary>A commands group that runs until so many outcomes are committed; one that did not succeed fails the run.</summary>
internal sealed class EngineRun : IDisposable
{
    private readonly CountdownEvent _left;
    private readonly GroupPump _pump;
    private int _failed;

    public EngineRun(BenchEngine engine, int commands, int threads, Func<IRecordExecutor> executor)
    {
        _left = new CountdownEvent(commands);
        _pump = new GroupPump(
            new PumpGroup("commands", Topics.Commands, threads, _ => executor()), engine.Log, engine.Store, new PumpOptions(), TimeProvider.System,
            NullLogger.Instance, "bench", Committed, engine.Relay)
        {
            Meter = engine.Meter,
            Spans = engine.Spans,
        };
        _pump.Start();
    }

    public void Wait()
    {
        _left.Wait();
        _pump.Stop(TimeSpan.FromSeconds(10));
        if (_failed > 0)
        {
            throw new InvalidOperationException($"{_failed} commands did not succeed.");
        }
    }

    public void Dispose()
    {
        _pump.Dispose();
        _left.Dispose();
    }

    private void Committed(Flush flush)
    {
        Interlocked.Add(ref _failed, flush.Outcomes.Count(o => o.Outcome.State != CommandState.Succeeded));
        if (flush.Outcomes.Count > 0)
        {
            _left.Signal(flush.Outcomes.Count);
        }
    }
}

/// <summary>Tells of each record before it is executed.</summary>
internal sealed class TellingExecutor(IRecordExecutor inner, Action<LogRecord> started) : IRecordExecutor
{
    public void Prepare(IReadOnlyList<WorkItem> batch, BatchSession session) => inner.Prepare(batch, session);

    public Execution Execute(WorkItem item, BatchSession session)
    {
        started(item.Record);
        return inner.Execute(item, session);
    }

    public void GiveUp(WorkItem item, Execution why, BatchSession session) => inner.GiveUp(item, why, session);

    public bool Cancel(WorkItem item, string why, BatchSession session) => inner.Cancel(item, why, session);

    public bool Delay(WorkItem item, BatchSession session) => inner.Delay(item, session);

    public string HandlerOf(WorkItem item) => inner.HandlerOf(item);

    public void MoveTo(Flush flush) => inner.MoveTo(flush);

    public void Clear() => inner.Clear();
}

/// <summary>G3: an outcome and a position, nothing else.</summary>
internal sealed class IdleExecutor : IRecordExecutor
{
    public void Prepare(IReadOnlyList<WorkItem> batch, BatchSession session)
    {
    }

    public Execution Execute(WorkItem item, BatchSession session)
    {
        session.Stage(new OutcomeWrite(
            new Outcome(item.Record.Id, CommandState.Succeeded, null, 1, 200, 0, 0, item.Record.Where, item.Record.Offset, []), Finishes: false));
        return Execution.Done;
    }

    public void GiveUp(WorkItem item, Execution why, BatchSession session)
    {
    }

    public bool Cancel(WorkItem item, string why, BatchSession session) => false;

    public bool Delay(WorkItem item, BatchSession session) => false;

    public string HandlerOf(WorkItem item) => "idle";

    public void MoveTo(Flush flush)
    {
    }

    public void Clear()
    {
    }
}
