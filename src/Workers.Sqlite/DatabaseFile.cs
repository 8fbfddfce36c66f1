using Microsoft.Extensions.Logging;
using Workers.Engine.Faults;
using Workers.Sqlite.Migrations;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite;

/// <summary>A file that is checked, brought up to date and open: the connection that writes it, those that read it, the thread of its checkpoints.</summary>
internal sealed class DatabaseFile : IDisposable
{
    // Pages of 8 KiB: a quarter less work a record than with 4, since each page of a commit costs a checksum and system calls.
    private const string Settings = """
        PRAGMA page_size = 8192;
        PRAGMA journal_mode = WAL;
        PRAGMA wal_autocheckpoint = 0;
        PRAGMA journal_size_limit = 67108864;
        PRAGMA foreign_keys = ON;
        PRAGMA temp_store = MEMORY;
        """;

    // 32 MiB: who waits for a commit is held up by the copying of little. What nobody waits for is copied seldom, since most of its pages are written again and again.
    private const int SyncedPages = 4_000;
    private const int OtherPages = 12_000;

    private DatabaseFile(string path, Connection connection, int checkpointAfter, ILogger logger)
    {
        (Path, Connection, Readers) = (path, connection, new Readers(path));
        Checkpoints = new Checkpoints(path, connection, checkpointAfter, logger);
    }

    public string Path { get; }

    public Connection Connection { get; }

    public Readers Readers { get; }

    public Checkpoints Checkpoints { get; }

    /// <param name="synced">
    /// True: a commit is on the disk when it returns. False: after a power failure the file stands as at an earlier commit; a dying process loses nothing.
    /// </param>
    /// <param name="load">Runs in the transaction of the migrations.</param>
    public static DatabaseFile Open(
        string path, IReadOnlyList<Migration> migrations, bool synced, int cacheKiB, TimeProvider time, ILogger logger, Action<Connection>? load = null)
    {
        Connection? connection = null;
        try
        {
            FileCheck.Header(path);
            connection = Connection.OpenWriter(path);
            if (connection.IsReadOnly)
            {
                throw FileCheck.ReadOnly(path);
            }

            // That a file can become smaller (Shrinking) is decided when it is made; said again it would be written, which a full disk does not let.
            if (connection["PRAGMA page_count"].RunReturning() == 0)
            {
                connection.Execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;");
            }

            connection.Execute($"{Settings} PRAGMA synchronous = {(synced ? "FULL" : "NORMAL")}; PRAGMA cache_size = -{cacheKiB};");
            FileCheck.Content(connection, path);
            connection.Execute("BEGIN IMMEDIATE");
            Migrator.Apply(connection, migrations, path, time, logger);
            load?.Invoke(connection);
            FailPoint.Hit("open-before-commit");
            connection.Execute("COMMIT");
            FailPoint.Hit("open-after-commit");
            return new DatabaseFile(path, connection, synced ? SyncedPages : OtherPages, logger);
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            if (exception is SqliteFailure failure)
            {
                throw FileCheck.Explain(failure, path);
            }

            throw;
        }
    }

    /// <summary>After the writer has stopped.</summary>
    public void Dispose()
    {
        Checkpoints.Dispose();
        Readers.Dispose();
        try
        {
            FailPoint.Hit("close-before-checkpoint");
            Connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            FailPoint.Hit("close-after-checkpoint");
        }
        catch (SqliteFailure)
        {
            // Nothing is lost: the next opening reads the write-ahead log.
        }
        finally
        {
            Connection.Dispose();
        }
    }
}
