using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Pump;
using Workers.Engine.Store;
using Workers.Handlers;
using Workers.Sqlite;
using Workers.Tests.Time;

namespace Workers.Tests.Schedules;

/// <summary>
/// The commands as they are registered, executed by the groups of commands and of control over the embedded store in a directory of its own, stepped by the test; the
/// clock stands until it is moved.
/// </summary>
internal sealed class CommandEngine : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("workers-schedules-").FullName;
    private readonly ServiceProvider _services;
    private readonly SqliteDatabase _database;
    private readonly Signal _wake = new();
    private readonly List<IDisposable> _owned = [];
    private readonly List<(ILogReader Reader, PartitionPump Pump)> _groups = [];

    /// <param name="outcomes">How long outcomes are kept, by the engine's clock; null: none is forgotten.</param>
    public CommandEngine(OutcomeOptions? outcomes = null)
    {
        _services = new ServiceCollection().AddLogging()
            .AddHandlers(new DomainOptions(), new RefundOptions(), new OrderFlowOptions(), outcomes: outcomes).BuildServiceProvider();
        var options = new SqliteOptions
        {
            Path = Path.Combine(_directory, "workers.db"),
            Partitions = 1,
            OutcomeRetention = (outcomes ?? new OutcomeOptions()).Retention,
        };
        _database = SqliteDatabase.Open(options, outcomes is null ? TimeProvider.System : Clock, NullLogger.Instance);
        Control = new ControlFeed(_database.State, null, NullLogger<ControlFeed>.Instance);
        State = _database.State.OpenReader();
        Start();
    }

    public FakeTimeProvider Clock { get; } = new();

    public ControlFeed Control { get; }

    public IStateReader State { get; }

    public IStateStore Store => _database.State;

    public ILog Log => _database.Log;

    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Everything that was committed.</summary>
    public List<Flush> Flushes { get; } = [];

    /// <summary>Takes the partitions anew, as after the process has ended without a release.</summary>
    public void Start()
    {
        _groups.Clear();
        Take("commands", Topics.Commands, HandlersModule.CommandTable(_services), HandlersModule.StateKinds(_services), Control);
        Take("control", Topics.Control, HandlersModule.ControlTable(_services), new Dictionary<Type, string>(), null);
    }

    public LogRecord Record(ICommand command, params (HeaderName Name, string Value)[] headers)
    {
        var info = CommandCatalog.Of(command);
        var writer = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Door, "schedule");
        foreach (var (name, value) in headers)
        {
            writer.Add(name, value);
        }

        return new LogRecord
        {
            Id = Ids.New(Clock.GetUtcNow()),
            Topic = info.Topic,
            Key = info.GetKey(command),
            TimestampMs = NowMs,
            Headers = writer.Take(),
            Value = info.ToBytes(command),
        };
    }

    /// <summary>Appends them as one, and steps until nothing is left to do.</summary>
    public async Task RunAsync(params LogRecord[] records)
    {
        await Log.AppendAsync(records, CancellationToken.None);
        Run();
    }

    /// <summary>The same of one command; what became of it.</summary>
    public async Task<Outcome> RunAsync(ICommand command)
    {
        var record = Record(command);
        await RunAsync(record);
        return OutcomeOf(record.Id)!;
    }

    /// <summary>Steps until nothing is left to do now.</summary>
    public void Run()
    {
        while (true)
        {
            var worked = false;
            foreach (var (reader, pump) in _groups)
            {
                worked |= reader.Fill([pump.Cursor]);
                worked |= pump.Step(stopping: false);
            }

            if (worked)
            {
                continue;
            }

            if (_groups.TrueForAll(group => group.Pump.Idle))
            {
                return;
            }

            _wake.Wait(TimeSpan.FromSeconds(5));
        }
    }

    public void RunAfter(TimeSpan wait)
    {
        Clock.Advance(wait);
        Run();
    }

    /// <summary>Forgets what is kept no longer.</summary>
    public Task TrimAsync() => _database.TrimLogAsync();

    public Outcome? OutcomeOf(Guid id)
    {
        var found = new Dictionary<Guid, Outcome>();
        State.FindOutcomes([id], found);
        return found.GetValueOrDefault(id);
    }

    public StateRow? StateOf(string kind, string id)
    {
        var found = new Dictionary<StateKey, StateRow>();
        State.FindStates([new StateKey(kind, id)], found);
        return found.Values.FirstOrDefault();
    }

    public void Dispose()
    {
        _owned.ForEach(one => one.Dispose());
        State.Dispose();
        Control.Dispose();
        _database.Dispose();
        _wake.Dispose();
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    private void Take(string group, string topic, Engine.Dispatch.DispatchTable table, IReadOnlyDictionary<Type, string> kinds, ControlFeed? control)
    {
        var (state, log) = (_database.State.OpenReader(), _database.Log.OpenReader([topic], _wake));
        var context = new PumpContext(group, _database.State, state, _wake, new PumpOptions(), Clock, NullLogger.Instance, "test", Committed) { Control = control, Partitions = 1 };
        var executor = new CommandExecutor(table, kinds, _services.GetRequiredService<FlowRoutes>(), null, CancellationToken.None);
        var pump = new PartitionPump(context, new PartitionCursor(new PartitionId(topic, 0), 0), executor);
        _owned.AddRange([pump, log, state]);
        _groups.Add((log, pump));
        pump.Take();
    }

    private void Committed(Flush flush)
    {
        Flushes.Add(flush);
        Control.Committed(flush);
    }
}
