using Microsoft.Extensions.Logging;
using Workers.Engine.Projections;
using Workers.MongoDb.Audit;
using Workers.MongoDb.ReadModels;

namespace Workers.MongoDb;

/// <summary>
/// Both stores on one database. One thread writes each, so that what is written for a partition is written in the order of the calls; others read.
/// Opening does not need the server: while it is away every call fails within seconds, and the first that it answers makes the indexes.
/// </summary>
internal sealed class MongoDatabase : IDisposable
{
    private static readonly TimeSpan ReadersPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WritersPatience = TimeSpan.FromMinutes(1);

    private readonly MongoPool _pool;
    private readonly MongoThreads _reads;
    private readonly MongoThreads _models;
    private readonly MongoThreads _audit;
    private int _disposed;

    public MongoDatabase(MongoDbOptions options, TimeProvider clock, ILogger logger)
    {
        _pool = new MongoPool(options.ConnectionString, options.Database, options.Readers + 2);
        _reads = new MongoThreads(_pool, "reads", options.Readers, ReadersPatience, clock);
        _models = Writing("read models", client =>
        {
            ModelTable.EnsureIndexes(client);
            CommandTable.EnsureIndexes(client);
            EventList.EnsureIndexes(client);
            SavedModels.EnsureIndexes(client);
        });
        _audit = Writing("audit entries", AuditTable.EnsureIndexes);
        ReadModels = new MongoReadModelStore(_models, _reads);
        Cqrs = new MongoCqrsStore(_models, _reads);
        Audit = new MongoAuditStore(_audit, _reads);

        MongoThreads Writing(string store, Action<MongoClient> ensure) => new(
            _pool,
            store,
            1,
            WritersPatience,
            clock,
            client =>
            {
                ensure(client);
                LogMessages.Prepared(logger, _pool.Hosts, store, options.Database);
            },
            reason => LogMessages.NotPrepared(logger, _pool.Hosts, store, reason));
    }

    public IReadModelStore ReadModels { get; }

    public ICqrsStore Cqrs { get; }

    public IAuditStore Audit { get; }

    /// <summary>Runs something else on a connection for reads.</summary>
    public Task<T> Run<T>(Func<MongoClient, T> work, CancellationToken cancellation) => _reads.Run(work, cancellation);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        var ended = _models.Stop() & _audit.Stop() & _reads.Stop();
        if (ended)
        {
            _models.Dispose();
            _audit.Dispose();
            _reads.Dispose();
            _pool.Dispose();
        }
    }
}
