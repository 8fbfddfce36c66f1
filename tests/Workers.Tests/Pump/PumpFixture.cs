using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Pump;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Sqlite;
using Workers.Tests.Time;

namespace Workers.Tests.Pump;

/// <summary>One partition's pump over the embedded store in a directory of its own, stepped by the test; the clock stands until it is moved.</summary>
internal sealed class PumpFixture : IDisposable
{
    public const string Group = "commands";

    private readonly string _directory = Directory.CreateTempSubdirectory("workers-pump-").FullName;
    private readonly SqliteDatabase _database;
    private readonly Signal _wake = new();
    private readonly List<IDisposable> _owned = [];
    private ILogReader _reader = null!;
    private PartitionPump _pump = null!;

    public PumpFixture(PumpOptions? options = null)
    {
        Options = options ?? new PumpOptions();
        _database = SqliteDatabase.Open(
            new SqliteOptions { Path = Path.Combine(_directory, "workers.db"), Partitions = 1 }, TimeProvider.System, NullLogger.Instance);
        State = _database.State.OpenReader();
        Control = new ControlFeed(_database.State, null, NullLogger<ControlFeed>.Instance);
        Start();
    }

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>What concerns every worker; the pump follows it from the start. Changed by <see cref="ControlAsync"/>.</summary>
    public ControlFeed Control { get; }

    public PumpOptions Options { get; }

    /// <summary>The partition is taken on another machine each time, where no mark of the one before is found.</summary>
    public bool Elsewhere { get; set; }

    /// <summary>From the next start on.</summary>
    public bool Holds { get; set; }

    /// <summary>Where <see cref="Holds"/>: tells the pump of its flushes when the test says so.</summary>
    public HeldStore Held { get; private set; } = null!;

    public Script Script { get; private set; } = null!;

    public IStateReader State { get; }

    public long Passed => _pump.Passed;

    public IStateStore Store => _database.State;

    public PartitionId Partition { get; } = new(Topics.Commands, 0);

    /// <summary>Takes the partition anew, as after the process has ended without a release.</summary>
    public void Start()
    {
        Script = new Script();
        var reader = _database.State.OpenReader();
        _reader = _database.Log.OpenReader([Topics.Commands], _wake);
        Held = new HeldStore(_database.State);
        IStateStore store = Holds ? Held : Elsewhere ? new ElsewhereStore(_database.State) : _database.State;
        var context = new PumpContext(Group, store, reader, _wake, Options, Clock, NullLogger.Instance, "test", Control.Committed)
        {
            Control = Control,
            Partitions = 1,
        };
        _pump = new PartitionPump(context, new PartitionCursor(Partition, 0), Script);
        _owned.AddRange([_pump, _reader, reader]);
        _pump.Take();
    }

    public void Release() => _pump.Release();

    public async Task AppendAsync(params string[] keys)
    {
        foreach (var key in keys)
        {
            await AppendOneAsync(key, "Test", door: null);
        }
    }

    public async Task<LogRecord> AppendOneAsync(string key, string type, string? door)
    {
        var record = Record(key, type, door);
        await _database.Log.AppendAsync(record, CancellationToken.None);
        return record;
    }

    public LogRecord Record(string key, string type, string? door) => new()
    {
        Id = Ids.New(DateTimeOffset.UtcNow),
        Topic = Topics.Commands,
        Key = key,
        TimestampMs = Clock.GetUtcNow().ToUnixTimeMilliseconds(),
        Headers = new HeaderWriter().Add(HeaderName.Type, type).Add(HeaderName.Door, door).Take(),
        Value = "{}"u8.ToArray(),
    };

    /// <summary>Writes for every worker, as the reader of <c>workers.control</c> does; the pump is not told unless <paramref name="tells"/>.</summary>
    public async Task ControlAsync(ControlWrite write, bool tells = true)
    {
        var partition = new PartitionId(Topics.Control, 0);
        var row = await _database.State.TakeAsync("control", partition, CancellationToken.None);
        var flush = new Flush { Position = new PositionMove("control", partition, row.Offset, row.Turn, row.Epoch) };
        flush.Control.Add(write);
        await _database.State.FlushAsync(flush);
        if (tells)
        {
            using var reader = _database.State.OpenReader();
            Control.Refresh(reader);
        }
    }

    /// <summary>Of the commands' partition: the offset after its last record.</summary>
    public async Task<long> EndAsync() => (await _database.Log.EndsAsync(Topics.Commands, CancellationToken.None))[0];

    /// <summary>Steps until nothing is left to do now.</summary>
    public void Run()
    {
        while (true)
        {
            var worked = _reader.Fill([_pump.Cursor]);
            worked |= _pump.Step(stopping: false);
            if (worked)
            {
                continue;
            }

            if (_pump.Idle)
            {
                return;
            }

            _wake.Wait(TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Submits one flush and does not wait for it.</summary>
    public void FillAndStep()
    {
        _reader.Fill([_pump.Cursor]);
        _pump.Step(stopping: false);
    }

    public void RunAfter(TimeSpan wait)
    {
        Clock.Advance(wait);
        Run();
    }

    /// <summary>How often the key's state says that it was executed; 0 where it has none.</summary>
    public int Count(string key)
    {
        var found = new Dictionary<StateKey, StateRow>();
        State.FindStates([new StateKey(Script.Counter.Kind, key)], found);
        return found.Count == 0 ? 0 : ((Counter)Script.Counter.Read(found.Values.Single().Data.Span)).Count;
    }

    public void Dispose()
    {
        _owned.ForEach(o => o.Dispose());
        State.Dispose();
        Control.Dispose();
        _database.Dispose();
        _wake.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}

internal sealed record Counter(int Count);

[JsonSerializable(typeof(Counter))]
internal sealed partial class PumpJson : JsonSerializerContext;

/// <summary>Executes by what a test says of a key; each execution first counts in the key's state, so that what is rolled back shows.</summary>
internal sealed class Script : IRecordExecutor
{
    private bool _refused;

    public static StateType<Counter> Counter { get; } = new("counter", PumpJson.Default.Counter);

    public Dictionary<string, Func<WorkItem, Execution>> Keys { get; } = [];

    /// <summary>Key and attempt of each execution, in order.</summary>
    public List<string> Executed { get; } = [];

    /// <summary>What each of these is called.</summary>
    public List<string> Types { get; } = [];

    public List<string> GivenUp { get; } = [];

    /// <summary>Called for each item of a batch before the first is executed.</summary>
    public Action<WorkItem>? Prepares { get; set; }

    /// <summary>Told of the size of each batch.</summary>
    public Action<int>? Prepared { get; set; }

    /// <summary>What executing a key stages.</summary>
    public Dictionary<string, TimerWrite> Timers { get; } = [];

    /// <summary>The store takes no flush in which one of these keys was executed.</summary>
    public HashSet<string> Refused { get; } = [];

    public void Prepare(IReadOnlyList<WorkItem> batch, BatchSession session)
    {
        Prepared?.Invoke(batch.Count);
        foreach (var item in batch)
        {
            Prepares?.Invoke(item);
        }
    }

    public Execution Execute(WorkItem item, BatchSession session)
    {
        var key = item.Record.Key;
        Executed.Add($"{key}#{item.Attempt}");
        Types.Add(item.Record.Headers.Get(HeaderName.Type)!);
        _refused |= Refused.Contains(key);
        var entry = session.Get(Counter, key);
        session.Set(entry, new Counter(((Counter?)entry.Live)?.Count + 1 ?? 1));
        if (Timers.TryGetValue(key, out var timer))
        {
            session.Stage(timer);
        }

        return Keys.TryGetValue(key, out var says) ? says(item) : Execution.Done;
    }

    public void GiveUp(WorkItem item, Execution why, BatchSession session) => GivenUp.Add($"{item.Record.Key}:{why.Reason}");

    /// <summary>Key and reason of each cancel.</summary>
    public List<string> Cancelled { get; } = [];

    public bool Delay(WorkItem item, BatchSession session) => false;

    public bool Cancel(WorkItem item, string why, BatchSession session)
    {
        Cancelled.Add($"{item.Record.Key}:{why}");
        return true;
    }

    public string HandlerOf(WorkItem item) => "script";

    public void MoveTo(Flush flush)
    {
        if (_refused)
        {
            flush.States.Add(new StateWrite(new StateKey(Counter.Kind, "never there"), 9, 10, [], null, 0, null));
        }

        _refused = false;
    }

    public void Clear()
    {
    }
}
