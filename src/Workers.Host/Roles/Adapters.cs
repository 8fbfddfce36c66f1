using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Engine.Cache;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Outbox;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Host.Configuration;
using Workers.Kafka;
using Workers.MongoDb;
using Workers.MySql;
using Workers.Redis;
using Workers.Sqlite;

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
        _ = options.HasMySql() ? services.AddMySql(MySql(options)) : services.AddSqliteState();
        _ = options.HasMongoDb() ? services.AddMongoDb(MongoDb(options)) : services.AddSqliteReads();
        services.AddSingleton(new StorageKinds(options.Store.Kind, options.Audit.Kind));
        return services.AddCache(options);
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
    };

    private static MySqlOptions MySql(WorkersOptions options) => new()
    {
        ConnectionString = options.MySql.ConnectionString,
        ReaderConnections = options.MySql.ReaderConnections,
        Timeout = options.MySql.Timeout,
        OutcomeRetention = options.Outcomes.Retention,
        MarksDirectory = Path.GetFullPath(options.Data),
    };

    private static MongoDbOptions MongoDb(WorkersOptions options) => new()
    {
        ConnectionString = options.MongoDb.ConnectionString,
        Database = options.MongoDb.Database,
        Readers = options.MongoDb.Readers,
    };

    /// <summary>Before anything is served: a directory in use, a damaged file, a server that is away end the start with a sentence.</summary>
    public static void Open(IServiceProvider services)
    {
        services.GetRequiredService<IStateStore>();
        services.GetRequiredService<ILog>();
        services.GetRequiredService<IReadModelStore>();
        services.GetRequiredService<IAuditStore>();
    }
}
