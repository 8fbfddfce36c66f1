using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Contracts;
using Workers.Engine.Cache;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Outbox;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Handlers.Audit;
using Workers.Handlers.Projections;
using Workers.Host.Configuration;
using Workers.Kafka;
using Workers.MongoDb;
using Workers.MySql;
using Workers.Redis;
using Workers.Sqlite;
using Workers.Telemetry;

namespace Workers.Host.Roles;

/// <summary>What the ports stand on, as the configuration chooses. Nothing of an adapter is loaded that is not chosen.</summary>
internal static class Adapters
{
    public static IServiceCollection AddAdapters(this IServiceCollection services, WorkersOptions options)
    {
        if (options.HasSqlite())
        {
            services.AddSqliteFiles(EmbeddedFile.Open(options));
        }

        _ = options.HasKafka() ? services.AddKafka(options.Kafka).AddSingleton(Relay) : services.AddSqliteLog();
        _ = options.HasMySql() ? services.AddMySql(MySql(options)) : services.AddSqliteState().AddSqliteMetrics();
        _ = options.HasMongoDb() ? services.AddMongoDb(MongoDb(options)) : services.AddSqliteReads();
        services.AddSingleton(new StorageKinds(options.Store.Kind, options.Audit.Kind));
        services.AddSingleton(provider => new RecordSpans(
            provider.GetRequiredKeyedService<ActivitySource>(EngineMeter.Name), options.HasKafka() ? "kafka" : "workers", TelemetryModule.FollowsFlags));
        return services.AddCache(options).AddTraces();
    }

    private static IServiceCollection AddTraces(this IServiceCollection services)
    {
        var log = services.Last(service => service.ServiceType == typeof(ILog)).ImplementationFactory!;
        return services.Replace(ServiceDescriptor.Singleton<ILog>(
            provider => new TracedLog((ILog)log(provider), provider.GetRequiredService<RecordSpans>(), provider.GetRequiredService<EngineMeter>())));
    }

    /// <summary>
    /// Where states are read by id or written. The memory of one process is right only where no other one writes: beside MySQL and without Redis nothing is cached.
    /// </summary>
    private static IServiceCollection AddCache(this IServiceCollection services, WorkersOptions options)
    {
        var store = services.Last(service => service.ServiceType == typeof(IStateStore)).ImplementationFactory!;
        IStateStore Store(IServiceProvider provider) => (IStateStore)store(provider);
        var reads = RoleList.Has(options.Roles, "api");
        if (options.HasRedis() && (reads || RoleList.Has(options.Roles, "commands")))
        {
            services.AddRedis(options.Redis.ConnectionString, options.HasMySql() ? Store : null);
        }
        else if (!options.HasRedis() && !options.HasMySql() && reads)
        {
            services.AddSingleton<IResourceCache, MemoryResourceCache>();
        }
        else
        {
            return services;
        }

        return services.Replace(ServiceDescriptor.Singleton<IStateStore>(
            provider => new InvalidatingStateStore(Store(provider), provider.GetRequiredService<IResourceCache>())));
    }

    private static OutboxRelay Relay(IServiceProvider provider) => new(
        provider.GetRequiredService<IStateStore>().Outbox ?? throw new InvalidOperationException("The state store keeps no outbox."),
        provider.GetRequiredService<IRelayLog>(), provider.GetRequiredService<ILogger<OutboxRelay>>())
    {
        Meter = provider.GetRequiredService<EngineMeter>(),
        Spans = provider.GetRequiredService<RecordSpans>(),
    };

    public static MySqlOptions MySql(WorkersOptions options) => new()
    {
        ConnectionString = options.MySql.ConnectionString,
        ReaderConnections = options.MySql.ReaderConnections,
        MaxConnections = options.MySql.MaxConnections,
        ConnectionLifetime = options.MySql.ConnectionLifetime,
        Timeout = options.MySql.Timeout,
        OutcomeRetention = options.Outcomes.Retention,
        MarksDirectory = Path.GetFullPath(options.Data),
    };

    public static MongoDbOptions MongoDb(WorkersOptions options) => new()
    {
        ConnectionString = options.MongoDb.ConnectionString,
        Database = options.MongoDb.Database,
        Readers = options.MongoDb.Readers,
    };

    /// <summary>Before anything is served: a directory in use, a damaged file, a server that is away end the start with a sentence.</summary>
    public static void Open(IServiceProvider services)
    {
        OpenPumps(services);
        services.GetRequiredService<IReadModelStore>();
        services.GetRequiredService<IAuditStore>();
    }

    /// <summary>Whose records the log in the file is kept for: nobody else reads it.</summary>
    public static void KeepLog(IServiceProvider services, WorkersOptions options)
    {
        if (!options.HasKafka())
        {
            services.GetRequiredService<SqliteDatabase>().Serves(
                new LogGroups(RoleNames.GroupsOf(options.Roles), RoleNames.Executing, options.HasMongoDb() ? [ProjectionsModule.Group, AuditModule.Group] : []));
        }
    }

    /// <summary>The same for what pumps need alone.</summary>
    public static void OpenPumps(IServiceProvider services)
    {
        services.GetRequiredService<IStateStore>();
        if (services.GetRequiredService<IPartitionGrowth>().BegunAsync(CancellationToken.None).GetAwaiter().GetResult() is { } begun)
        {
            throw new StoreOpenException(
                $"The topics are being given {begun.To} partitions, which was not completed; run 'Workers.Host partitions --to {begun.To}' again.");
        }

        // A log that lies elsewhere may be changed there: its counts are compared with this one at each start.
        var growth = services.GetRequiredService<IPartitionGrowth>();
        var log = services.GetRequiredService<ILog>();
        if (services.GetService<IRelayLog>() is not null && growth.CountAsync(CancellationToken.None).GetAwaiter().GetResult() is null)
        {
            growth.NoteAsync(log.Partitions(Topics.Commands), services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds(), CancellationToken.None)
                .GetAwaiter().GetResult();
        }
    }
}
