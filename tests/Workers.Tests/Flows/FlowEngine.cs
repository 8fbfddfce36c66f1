using Microsoft.Extensions.DependencyInjection;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Pump;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Handlers;
using Workers.Tests.Time;

namespace Workers.Tests.Flows;

/// <summary>Commands and flows as they are registered, executed one after another in memory; the clock stands until it is moved. Effects are only noted.</summary>
internal sealed class FlowEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly Dictionary<string, (IRecordExecutor Executor, BatchSession Session)> _groups;
    private readonly Queue<LogRecord> _pending = [];
    private long _offset;

    public FlowEngine(RefundOptions? refunds = null, DomainOptions? domain = null)
    {
        _services = new ServiceCollection().AddLogging()
            .AddHandlers(domain ?? new DomainOptions(), refunds ?? new RefundOptions(), new OrderFlowOptions()).BuildServiceProvider();
        _groups = new()
        {
            [Topics.Commands] = (
                new CommandExecutor(
                    HandlersModule.CommandTable(_services), HandlersModule.StateKinds(_services), _services.GetRequiredService<FlowRoutes>(), null, CancellationToken.None),
                new BatchSession("commands", new PartitionId(Topics.Commands, 0), Store, Clock)),
            [Topics.Control] = (
                new CommandExecutor(
                    HandlersModule.ControlTable(_services), HandlersModule.StateKinds(_services), _services.GetRequiredService<FlowRoutes>(), null, CancellationToken.None),
                new BatchSession("control", new PartitionId(Topics.Control, 0), Store, Clock)),
            [Topics.Flows] = (
                new FlowExecutor(HandlersModule.FlowTable(_services), CancellationToken.None),
                new BatchSession("sagas", new PartitionId(Topics.Flows, 0), Store, Clock)),
        };
    }

    public FakeTimeProvider Clock { get; } = new();

    public EngineStore Store { get; } = new();

    /// <summary>Calls to the outside that were asked for, oldest first.</summary>
    public List<LogRecord> Effects { get; } = [];

    /// <summary>Everything on the topic of events.</summary>
    public List<LogRecord> Events { get; } = [];

    /// <summary>Every command that was executed, oldest first.</summary>
    public List<LogRecord> Commands { get; } = [];

    /// <summary>Executes a command and all that follows from it; its outcome.</summary>
    public Outcome Run(ICommand command, params (HeaderName Name, string Value)[] headers) => Run(Record(command, headers));

    public Outcome Run(LogRecord record)
    {
        Append(record);
        return Store.Outcomes[record.Id];
    }

    /// <summary>The same of several in one batch.</summary>
    public void RunAtOnce(params IReadOnlyList<ICommand> commands)
    {
        Execute(Topics.Commands, [.. commands.Select(command => Record(command))]);
        RunPending();
    }

    /// <summary>The same of two in one batch, or in two of which none is followed before both have run.</summary>
    public void Together(bool oneBatch, params IReadOnlyList<LogRecord> records)
    {
        foreach (var batch in oneBatch ? [records] : records.Select(record => (IReadOnlyList<LogRecord>)[record]))
        {
            Execute(Topics.Commands, [.. batch]);
        }

        RunPending();
    }

    /// <summary>What is not stored is forgotten.</summary>
    public void Restart()
    {
        foreach (var (_, session) in _groups.Values)
        {
            session.Clear();
        }
    }

    /// <summary>Who executes what, from now on.</summary>
    public void Handlers(params IReadOnlyList<(string Name, HandlerRow Row)> handlers) => _groups[Topics.Commands].Session.Control = ControlState.Empty.With(
        1, [.. handlers.Select(handler => ControlData.Write(ControlKinds.Handler, handler.Name, handler.Row, 0)).Select(write => new ControlRow(write.Kind, write.Name, 1, 0, write.Data))]);

    /// <summary>The same of a record that may leave no outcome.</summary>
    public void Append(LogRecord record)
    {
        _pending.Enqueue(record);
        RunPending();
    }

    public LogRecord Record(ICommand command, params (HeaderName Name, string Value)[] headers)
    {
        var info = CommandCatalog.Of(command);
        var writer = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Door, "execute");
        foreach (var (name, value) in headers)
        {
            writer.Add(name, value);
        }

        return new LogRecord
        {
            Id = Ids.New(Clock.GetUtcNow()),
            Topic = info.Topic,
            Key = info.GetKey(command),
            TimestampMs = Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Headers = writer.Take(),
            Value = info.ToBytes(command),
        };
    }

    /// <summary>The oldest effect of that type that was not taken.</summary>
    public (T Effect, LogRecord Record) Take<T>()
        where T : class, IEffect
    {
        var record = Effects.First(e => e.Headers.Get(HeaderName.Type) == typeof(T).Name);
        Effects.Remove(record);
        return ((T)EffectCatalog.Read(EffectCatalog.Find(typeof(T).Name)!, record.Value.Span), record);
    }

    /// <summary>What an effect came to: a command that carries the effect's flow.</summary>
    public Outcome Answer(LogRecord effect, ICommand result) => Run(
        result, effect.Headers.Get(HeaderName.Flow) is { } flow ? [(HeaderName.Flow, flow)] : []);

    /// <summary>Moves the clock and runs the timers that fall due.</summary>
    public void Advance(TimeSpan time)
    {
        Clock.Advance(time);
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var timer in Store.Timers.Values.Where(t => t.DueMs <= now).OrderBy(t => t.DueMs).ToList())
        {
            Store.Timers.Remove(timer.Token);
            _pending.Enqueue(timer.Message);
        }

        RunPending();
    }

    /// <summary>The state that a flow is in.</summary>
    public string StateOf(string saga, string key) => Store.Labels[new StateKey("flow:" + saga, Ids.Flow(saga, key).ToString())];

    public IEnumerable<T> Happened<T>()
        where T : class, IDomainEvent => Events.Where(e => e.Headers.Get(HeaderName.Type) == typeof(T).Name)
            .Select(e => (T)EventCatalog.Of<T>().Read(e.Value.Span));

    public IEnumerable<T> Sent<T>()
        where T : class, ICommand => Commands.Where(e => e.Headers.Get(HeaderName.Type) == typeof(T).Name)
            .Select(e => (T)CommandCatalog.Of<T>().Read(e.Value.Span));

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, session) in _groups.Values)
        {
            session.Dispose();
        }

        await _services.DisposeAsync();
    }

    private void RunPending()
    {
        while (_pending.TryDequeue(out var record))
        {
            switch (record.Topic)
            {
                case Topics.Effects:
                    Effects.Add(record);
                    break;
                case Topics.Events:
                    Events.Add(record);
                    break;
                default:
                    Execute(record.Topic, [record]);
                    break;
            }
        }
    }

    private void Execute(string topic, List<LogRecord> records)
    {
        if (topic == Topics.Commands)
        {
            Commands.AddRange(records);
        }

        var (executor, session) = _groups[topic];
        records.ForEach(record => (record.Partition, record.Offset) = (0, _offset++));
        var items = records.ConvertAll(record => new WorkItem(record, null));
        executor.Prepare(items, session);
        foreach (var item in items)
        {
            var result = executor.Execute(item, session);
            if (result.Kind != ExecutionKind.Done)
            {
                throw new InvalidOperationException($"{item.Record.Headers.Get(HeaderName.Type)} was not executed: {result.Reason}", result.Error);
            }
        }

        var flush = new Flush { Position = new PositionMove(session.Group, session.Partition, _offset - 1, 0, 0) };
        session.MoveTo(flush);
        executor.MoveTo(flush);
        Store.Apply(flush);
        flush.Outgoing.ForEach(_pending.Enqueue);
    }
}
