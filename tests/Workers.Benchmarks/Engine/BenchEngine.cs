using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Commands;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Outbox;
using Workers.Engine.Pump;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Handlers;
using Workers.Kafka;
using Workers.MySql;
using Workers.Sqlite;
using Workers.Telemetry;

namespace Workers.Benchmarks.Engine;

/// <summary>The engine in this process, on a fresh file or on fresh topics and tables: the commands group, and who appends to its log.</summary>
internal sealed class BenchEngine : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _directory;

    private BenchEngine(Action<IServiceCollection, string> addStores)
    {
        _directory = Directory.CreateTempSubdirectory("workers-bench-").FullName;
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        addStores(services, _directory);
        services.AddHandlers(new DomainOptions(), new RefundOptions(), new OrderFlowOptions());
        _services = services.BuildServiceProvider();
        Meter = _services.GetService<EngineMeter>();
        Spans = _services.GetService<RecordSpans>();
        Log = _services.GetRequiredService<ILog>();
        Store = _services.GetRequiredService<IStateStore>();
        Relay = _services.GetService<IRelayLog>() is { } log ? new OutboxRelay(Store.Outbox!, log, NullLogger<OutboxRelay>.Instance) : null;
    }

    /// <summary>Sends what flushes send; null where they append it themselves.</summary>
    public OutboxRelay? Relay { get; }

    public static BenchEngine Embedded(int partitions) =>
        new((services, directory) => services.AddSqlite(new SqliteOptions { Path = Path.Combine(directory, "workers.db"), Partitions = partitions }));

    /// <summary>The same, counted, and shown where an OTLP endpoint is named.</summary>
    public static BenchEngine Observed(int partitions)
    {
        var engine = new BenchEngine((services, directory) => services
            .AddSqlite(new SqliteOptions { Path = Path.Combine(directory, "workers.db"), Partitions = partitions })
            .AddSingleton<EngineMeter>().AddSingleton(provider => new RecordSpans(provider.GetRequiredKeyedService<ActivitySource>(EngineMeter.Name), "workers", TelemetryModule.FollowsFlags))
            .AddLogging().AddTelemetry(new TelemetryOptions(), new ServiceOptions(), "0", new Dictionary<string, object>()));
        engine._services.StartTelemetry();
        return engine;
    }

    /// <summary>Null where nothing is counted.</summary>
    public EngineMeter? Meter { get; }

    /// <summary>Null where nothing is shown.</summary>
    public RecordSpans? Spans { get; }

    /// <param name="prefix">Of the topics.</param>
    public static BenchEngine Cluster(string kafka, string prefix, int partitions, string mysql) => new((services, _) => services
        .AddSingleton(new FeedOptions()).AddKafka(new KafkaOptions { BootstrapServers = kafka, Prefix = prefix, Partitions = partitions, ReplicationFactor = 1 })
        .AddMySql(new MySqlOptions { ConnectionString = mysql }));

    public ILog Log { get; }

    public IStateStore Store { get; }

    public long Bytes => Directory.EnumerateFiles(_directory).Sum(f => new FileInfo(f).Length);

    public static LogRecord Record(ICommand command) => Record(command, null);

    /// <param name="command">What is to be done.</param>
    /// <param name="trace">As the door writes it; null for none.</param>
    public static LogRecord Record(ICommand command, string? trace)
    {
        var info = CommandCatalog.Of(command);
        var now = DateTimeOffset.UtcNow;
        return new LogRecord
        {
            Id = Ids.New(now),
            Topic = Topics.Commands,
            Key = info.GetKey(command),
            TimestampMs = now.ToUnixTimeMilliseconds(),
            Headers = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Source, "bench").Add(HeaderName.Door, "bench").Add(HeaderName.TraceParent, trace).Take(),
            Value = info.ToBytes(command),
        };
    }

    /// <summary>Appends, durable in commits of 1,000.</summary>
    public Task AppendAsync(IEnumerable<ICommand> commands) => AppendAsync(commands.Select(Record));

    public async Task AppendAsync(IEnumerable<LogRecord> records)
    {
        foreach (var chunk in records.Chunk(1_000))
        {
            await Log.AppendAsync(chunk, CancellationToken.None);
        }
    }

    /// <summary>Starts the commands group and returns when <paramref name="commands"/> outcomes are committed; the seconds it took.</summary>
    public double Drain(int commands, int threads)
    {
        var clock = Stopwatch.StartNew();
        using var run = Start(commands, threads, executor => executor);
        run.Wait();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Starts the commands group; <paramref name="started"/> is told of each record before it is executed.</summary>
    public EngineRun Start(int commands, int threads, Action<LogRecord>? started) =>
        Start(commands, threads, executor => started is null ? executor : new TellingExecutor(executor, started));

    /// <summary>Starts the commands group; <paramref name="around"/> makes of its executor what is called.</summary>
    public EngineRun Start(int commands, int threads, Func<IRecordExecutor, IRecordExecutor> around)
    {
        var table = HandlersModule.CommandTable(_services);
        var kinds = HandlersModule.StateKinds(_services);
        var routes = _services.GetRequiredService<FlowRoutes>();
        return new EngineRun(this, commands, threads, () => around(new CommandExecutor(table, kinds, routes, null, CancellationToken.None)));
    }

    /// <summary>Starts a group that does nothing with a record but note its outcome.</summary>
    public EngineRun StartIdle(int commands, int threads) => new(this, commands, threads, () => new IdleExecutor());

    public void Dispose()
    {
        Relay?.Dispose();
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }
}
