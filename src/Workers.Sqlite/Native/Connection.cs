using System.Diagnostics;
using System.Text;
using SQLitePCL;
using Workers.Engine.Projections;

namespace Workers.Sqlite.Native;

/// <summary>A connection used by one thread at a time. Statements asked for by their text are prepared once and kept.</summary>
internal sealed unsafe class Connection : IDisposable
{
    private const int StepsBetweenLooks = 5_000;

    private readonly sqlite3 _db;
    private readonly Dictionary<string, Statement> _statements = [];

    private Connection(sqlite3 db) => _db = db;

    internal nint Handle => _db.DangerousGetHandle();

    /// <summary>True from BEGIN until COMMIT, ROLLBACK or an error at which SQLite rolled back by itself.</summary>
    public bool InTransaction => Sqlite3.GetAutocommit(Handle) == 0;

    /// <summary>SQLite opens a file that may not be written for reading, though it was asked for more, and takes it for a database until the first write.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_db, "main") == 1;

    /// <summary>Rows changed by the last INSERT, UPDATE or DELETE.</summary>
    public int Changes => Sqlite3.Changes(Handle);

    /// <summary>The number of the row that was inserted last.</summary>
    public long LastRow => raw.sqlite3_last_insert_rowid(_db);

    public string Error => raw.sqlite3_errmsg(_db).utf8_to_string();

    public sqlite3 Raw => _db;

    public static Connection OpenWriter(string path) => Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

    public static Connection OpenReader(string path) => Open(path, raw.SQLITE_OPEN_READONLY);

    /// <summary>The statement with this text; it is reset and belongs to the caller until it was run or reset.</summary>
    public Statement this[string sql] => _statements.TryGetValue(sql, out var statement) ? statement : Prepare(sql);

    /// <summary>The same, for who keeps it.</summary>
    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = new Statement(this, sql);
        }

        return statement;
    }

    /// <summary>Runs one or more statements without parameters.</summary>
    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(_db, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Failure();
        }
    }

    /// <summary>Several reads of the same state of the file, with one lock.</summary>
    public T Together<T>(Func<T> read)
    {
        this["BEGIN"].Run();
        try
        {
            return read();
        }
        finally
        {
            this["COMMIT"].Run();
        }
    }

    /// <summary>Gives the read up after a time: <see cref="QueryTimeoutException"/>. Looked at every few thousand steps of SQLite's.</summary>
    public T Within<T>(TimeSpan limit, Func<Connection, T> read)
    {
        var since = Stopwatch.GetTimestamp();
        raw.sqlite3_progress_handler(_db, StepsBetweenLooks, _ => Stopwatch.GetElapsedTime(since) > limit ? 1 : 0, null);
        try
        {
            return read(this);
        }
        catch (Exception error) when ((error as SqliteFailure ?? error.InnerException as SqliteFailure) is { IsInterrupted: true })
        {
            throw new QueryTimeoutException(limit, error);
        }
        finally
        {
            raw.sqlite3_progress_handler(_db, 0, null, null);
        }
    }

    /// <summary>Set where the failures of this connection are to be told as something else.</summary>
    public Func<SqliteFailure, Exception>? Tell { get; set; }

    /// <summary>Why the last call failed.</summary>
    public Exception Failure()
    {
        var failure = new SqliteFailure(raw.sqlite3_extended_errcode(_db), Error);
        return Tell?.Invoke(failure) ?? failure;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _db.Dispose();
    }

    internal nint PrepareHandle(string sql)
    {
        var text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            return Sqlite3.Prepare(Handle, start, text.Length, Sqlite3.PreparePersistent, out var statement, out _) == Sqlite3.Ok
                ? statement
                : throw Failure();
        }
    }

    private static Connection Open(string path, int flags)
    {
        Sqlite3.Initialize();
        var code = raw.sqlite3_open_v2(path, out var db, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var connection = new Connection(db);
        if (code != raw.SQLITE_OK)
        {
            var failure = connection.Failure();
            connection.Dispose();
            throw failure;
        }

        Sqlite3.SetBusyHandler(connection.Handle);
        return connection;
    }
}
