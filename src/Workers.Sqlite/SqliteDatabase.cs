using Microsoft.Extensions.Logging;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite.Audit;
using Workers.Sqlite.Log;
using Workers.Sqlite.Migrations;
using Workers.Sqlite.Native;
using Workers.Sqlite.ReadModels;
using Workers.Sqlite.State;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite;

/// <summary>
/// The embedded file with everything in it: log, state, read models, audit. One process has it open (<see cref="DataLock"/>), one thread writes it.
/// Disposing writes what waits, checkpoints and closes; a process that dies loses nothing that it was told is written.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    private readonly DataLock _lock;
    private readonly Connection _connection;
    private readonly Readers _readers;
    private readonly WriteContext _context;
    private readonly Writer _writer;
    private readonly LogTrimmer _trimmer;
    private int _disposed;

    private SqliteDatabase(
        DataLock held, Connection connection, TopicTable topics, ExecutionMarks marks, SqliteOptions options, TimeProvider time, ILogger logger)
    {
        (_lock, _connection) = (held, connection);
        _readers = new Readers(options.Path);
        var published = LogTable.LoadCounters(connection, topics);
        var log = new SqliteLog(topics, published, _readers);
        _context = new WriteContext(connection, topics, published);
        _writer = new Writer(_context, published, log.Written, options.MaxBytes, options.Path, logger);
        log.Use(_writer);
        _trimmer = new LogTrimmer(_writer, published, options, time, logger);
        Log = log;
        State = new SqliteStateStore(_writer, topics, _readers, marks);
        ReadModels = new SqliteReadModelStore(_writer, _readers);
        Audit = new SqliteAuditStore(_writer, _readers);
        var secret = connection["SELECT secret FROM installation"];
        secret.Step();
        Secret = secret.Array(0);
        secret.Reset();
        LogMessages.Opened(logger, options.Path, published.Next - 1, published.Bytes);
    }

    public ILog Log { get; }

    public IStateStore State { get; }

    public IReadModelStore ReadModels { get; }

    public IAuditStore Audit { get; }

    /// <summary>32 random bytes, made with the file and kept for its life.</summary>
    public byte[] Secret { get; }

    /// <summary>
    /// Opens or makes the file and brings its schema up to date. Throws <see cref="StoreOpenException"/>: no directory, not writable, in use, no
    /// database, damaged, other partitions, a newer schema.
    /// </summary>
    public static SqliteDatabase Open(SqliteOptions options, TimeProvider time, ILogger logger) => Open(options, Migration.All, time, logger);

    /// <summary>Deletes what retention allows now. The number of records deleted.</summary>
    public Task<int> TrimLogAsync() => _trimmer.TrimAsync();

    /// <summary>Copies what is committed now into another file, while work goes on. Throws <see cref="StoreOpenException"/> where it cannot.</summary>
    public Task BackupAsync(string file) => Task.Factory.StartNew(
        () =>
        {
            using var connection = _readers.Open();
            Backup.Write(connection, file);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _trimmer.Dispose();
        _writer.Dispose();
        _readers.Dispose();
        Close(_connection, _context);
        _lock.Dispose();
    }

    internal static SqliteDatabase Open(SqliteOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger logger)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(options.Path))!;
        var held = DataLock.Take(directory);
        Connection? connection = null;
        try
        {
            FileCheck.Header(options.Path);
            connection = Connection.OpenWriter(options.Path);
            Configure(connection);
            FileCheck.Content(connection, options.Path);
            connection.Execute("BEGIN IMMEDIATE");
            Migrator.Apply(connection, migrations, options.Path, time, logger);
            var topics = TopicTable.Load(connection, options.PartitionsByTopic, options.Path);
            connection.Execute("COMMIT");
            return new SqliteDatabase(held, connection, topics, ExecutionMarks.Open(directory), options, time, logger);
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            held.Dispose();
            if (exception is SqliteFailure failure)
            {
                throw FileCheck.Explain(failure, options.Path);
            }

            throw;
        }
    }

    // Pages of 8 KiB: a quarter less work a record than with 4, since each page of a commit costs a checksum and system calls.
    private static void Configure(Connection connection) => connection.Execute("""
        PRAGMA page_size = 8192;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 1000;
        PRAGMA journal_size_limit = 67108864;
        PRAGMA foreign_keys = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -65536;
        """);

    private static void Close(Connection connection, WriteContext context)
    {
        try
        {
            connection.Execute("BEGIN IMMEDIATE");
            context.SaveCounters();
            connection.Execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE);");
        }
        catch (SqliteFailure)
        {
            // Nothing is lost: the next opening counts what was appended since the counters were stored, and reads the write-ahead log.
        }
        finally
        {
            connection.Dispose();
        }
    }
}
