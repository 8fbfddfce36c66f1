using Microsoft.Extensions.Logging;
using SQLitePCL;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Writing;

/// <summary>
/// Copies the write-ahead log back into the file on a thread of its own, while the writer goes on; the writer itself only copies what it added
/// meanwhile, after which SQLite begins the log anew. A page that was written many times is copied once, so it is done seldom.
/// </summary>
internal sealed class Checkpoints : IDisposable
{
    private const int PagesWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE
    private readonly string _path;
    private readonly Connection _writer;
    private readonly int _after;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _copied;
    private volatile bool _stopping;
    private int _pages;

    /// <param name="after">Pages written since the last one.</param>
    public Checkpoints(string path, Connection writer, int after, ILogger logger)
    {
        (_path, _writer, _after, _logger) = (path, writer, after, logger);
        _thread = new Thread(Loop) { Name = "sqlite-checkpoint", IsBackground = true };
        _thread.Start();
    }

    /// <summary>To be called by the writer between two transactions.</summary>
    public void Committed()
    {
        if (_copied)
        {
            _copied = false;
            Copy(_writer);
        }

        raw.sqlite3_db_status(_writer.Raw, PagesWritten, out var written, out _, 1);
        _pages += written;
        if (_pages >= _after)
        {
            _pages = 0;
            _wake.Set();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Loop()
    {
        using var connection = Connection.OpenWriter(_path);

        // A connection knows of the write-ahead log once it has read something.
        connection.Execute("PRAGMA wal_autocheckpoint = 0; SELECT count(*) FROM sqlite_master");
        while (_wake.WaitOne() && !_stopping)
        {
            _copied = Copy(connection);
        }
    }

    // Never waits for anybody. What readers still need is left for the next time.
    private bool Copy(Connection connection)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(connection.Raw, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (code is raw.SQLITE_OK or raw.SQLITE_BUSY)
        {
            return true;
        }

        LogMessages.CheckpointFailed(_logger, _path, connection.Failure().Message);
        return false;
    }
}
