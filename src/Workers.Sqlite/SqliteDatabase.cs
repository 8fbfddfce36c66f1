using Microsoft.Extensions.Logging;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite.Audit;
using Workers.Sqlite.Log;
using Workers.Sqlite.Metrics;
using Workers.Sqlite.Migrations;
using Workers.Sqlite.Native;
using Workers.Sqlite.ReadModels;
using Workers.Sqlite.State;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite;

/// <summary>
/// The embedded store. <c>workers.db</c> holds log and state, <c>reads.db</c> what is made of the log for people: read models, audit and figures of commands, with the
/// positions of the groups that write it, so that it never holds up who waits for a command. One process has them open (<see cref="DataLock"/>), one
/// thread writes each. Disposing writes what waits, checkpoints and closes; a process that dies loses nothing that it was told is written.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    private readonly DataLock _lock;
    private readonly DatabaseFile _main;
    private readonly DatabaseFile _reads;
    private readonly Writer _writer;
    private readonly Writer _readsWriter;
    private readonly LogUse _use;
    private readonly LogTrimmer _trimmer;
    private int _disposed;

    private SqliteDatabase(
        DataLock held, DatabaseFile main, DatabaseFile reads, TopicTable topics, ExecutionMarks marks, SqliteOptions options, TimeProvider time, ILogger logger,
        Func<IEnumerable<IPositionStore>> stores)
    {
        (_lock, _main, _reads) = (held, main, reads);
        var published = LogTable.LoadCounters(main.Connection, topics);
        var log = new SqliteLog(topics, published, main.Readers, BitConverter.ToUInt32(ReadInstallation(main.Connection, "log")));
        _writer = new Writer(main, new WriteContext(main.Connection, topics, published), published, log.Written, options.MaxBytes, logger);
        log.Use(_writer);
        var none = new LogCounters(TopicTable.None);
        _readsWriter = new Writer(reads, new WriteContext(reads.Connection, TopicTable.None, none), none, _ => { }, 0, logger);
        var positions = new Positions(main.Readers, reads.Readers);
        _use = new LogUse(positions, stores, options.Path, logger);
        _trimmer = new LogTrimmer(_writer, [_readsWriter], _use, published, options, time, logger);
        Log = log;
        var installation = Convert.ToHexStringLower(ReadInstallation(main.Connection, "shards"));
        State = new SqliteStateStore(
            _writer, topics, main.Readers, positions, marks, installation, options.KeepsOutbox ? new SqliteOutbox(installation, main.Readers) : null);
        Growth = new SqliteGrowth(_writer, hasLog: !options.KeepsOutbox);
        ReadPositions = new ReadPositions(_readsWriter, positions);
        ReadModels = new SqliteReadModelStore(_readsWriter, reads.Readers, options.QueryLimit);
        Cqrs = new SqliteCqrsStore(_readsWriter, reads.Readers, options.QueryLimit);
        Audit = new SqliteAuditStore(_readsWriter, reads.Readers, options.QueryLimit);
        Metrics = new SqliteMetricsStore(_readsWriter, reads.Readers);
        Workers = new SqliteWorkerStore(_readsWriter, reads.Readers, time);
        Secret = ReadInstallation(main.Connection, "secret");
        LogMessages.Opened(logger, options.Path, published.Next - 1, published.Bytes);
    }

    public ILog Log { get; }

    public IStateStore State { get; }

    public IPartitionGrowth Growth { get; }

    public IReadModelStore ReadModels { get; }

    public ICqrsStore Cqrs { get; }

    public IAuditStore Audit { get; }

    public IMetricsStore Metrics { get; }

    public IWorkerStore Workers { get; }

    /// <summary>Of the groups that write <see cref="ReadModels"/>, <see cref="Cqrs"/>, <see cref="Audit"/> and <see cref="Metrics"/>.</summary>
    public IPositionStore ReadPositions { get; }

    /// <summary>32 random bytes, made with the file and kept for its life.</summary>
    public byte[] Secret { get; }

    /// <summary>
    /// Opens or makes the files and brings their schema up to date. Throws <see cref="StoreOpenException"/>: no directory, not writable, in use, no
    /// database, damaged, other partitions, a newer schema, files that do not belong together.
    /// </summary>
    /// <param name="stores">All stores of positions, asked for later; null: only the files have any. Retention keeps what those that stand there have not read.</param>
    public static SqliteDatabase Open(SqliteOptions options, TimeProvider time, ILogger logger, Func<IEnumerable<IPositionStore>>? stores = null) =>
        Open(options, Migration.Main, time, logger, stores);

    /// <summary>Degraded while the log is nearly full of what is kept for groups that nobody serves.</summary>
    public IHealth Retention => _use;

    /// <summary>Told by the process that serves; until then retention takes nothing that any group has not read.</summary>
    public void Serves(LogGroups groups) => _use.Serves(groups);

    /// <summary>Deletes what retention allows now. The number of records deleted.</summary>
    public Task<int> TrimLogAsync() => _trimmer.TrimAsync();

    /// <summary>Copies what is committed now into other files, while work goes on. Throws <see cref="StoreOpenException"/> where it cannot.</summary>
    /// <param name="file">The copy of <c>workers.db</c>; that of <c>reads.db</c> is <see cref="SqliteFile.ReadsOf"/> it.</param>
    public Task BackupAsync(string file) => Task.Factory.StartNew(
        () => SqliteFile.Backup(_main.Path, file, _ => { }), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _trimmer.Dispose();
        _readsWriter.Dispose();
        _reads.Dispose();
        SaveCounters();
        _writer.Dispose();
        _main.Dispose();
        _lock.Dispose();
    }

    internal static SqliteDatabase Open(SqliteOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger logger, Func<IEnumerable<IPositionStore>>? stores = null)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(options.Path))!;
        var held = DataLock.Take(directory);
        DatabaseFile? main = null;
        DatabaseFile? reads = null;
        try
        {
            TopicTable topics = TopicTable.None;
            main = DatabaseFile.Open(
                options.Path, migrations, synced: true, 64 << 10, time, logger,
                connection => topics = TopicTable.Load(connection, options.PartitionsByTopic, options.Path));
            reads = DatabaseFile.Open(SqliteFile.ReadsOf(options.Path), Migration.Reads, synced: false, 32 << 10, time, logger);
            if (!options.KeepsOutbox)
            {
                Positions.CheckTogether(main, reads);
            }

            return new SqliteDatabase(
                held, main, reads, topics, ExecutionMarks.Open(Path.Combine(directory, "executing")), options, time, logger, stores ?? (static () => []));
        }
        catch
        {
            reads?.Dispose();
            main?.Dispose();
            held.Dispose();
            throw;
        }
    }

    private static byte[] ReadInstallation(Connection connection, string column)
    {
        var row = connection[$"SELECT {column} FROM installation"];
        row.Step();
        var bytes = row.Array(0);
        row.Reset();
        return bytes;
    }

    // So that opening need not count what the log holds; it does where this is missing.
    private void SaveCounters()
    {
        try
        {
            _writer.Enqueue(context =>
            {
                context.SaveCounters();
                return true;
            }).GetAwaiter().GetResult();
        }
        catch (StoreUnavailableException)
        {
        }
    }
}
