using Microsoft.Extensions.Logging;
using Workers.Engine.Faults;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Log;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Writing;

/// <summary>
/// The one thread that writes the file. Whatever waits when it comes round (appends of the doors, flushes of the pumps, everything else) becomes one
/// commit, so that more callers make larger commits, not slower ones. A commit is on disk (fsync of the write-ahead log) before anybody is told.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly object _gate = new();
    private readonly WriteContext _context;
    private readonly Checkpoints _checkpoints;
    private readonly Action<ulong> _written;
    private readonly long _maxBytes;
    private readonly string _file;
    private readonly LogCounters _published;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private WriteGroup _open = new();
    private WriteGroup _busy = new();
    private bool _idle;
    private bool _stopping;

    /// <param name="written">Called after each commit with a bit for each topic that got records.</param>
    public Writer(DatabaseFile file, WriteContext context, LogCounters published, Action<ulong> written, long maxBytes, ILogger logger)
    {
        (_context, _checkpoints, _published, _written, _maxBytes, _file, _logger) =
            (context, file.Checkpoints, published, written, maxBytes, file.Path, logger);
        _thread = new Thread(Loop) { Name = $"write {Path.GetFileNameWithoutExtension(file.Path)}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Durable when the task completes.</summary>
    public Task Append(LogRecord record)
    {
        var topic = _context.Topics[record.Topic];
        lock (_gate)
        {
            if (Refusal() is { } refusal)
            {
                return Task.FromException(refusal);
            }

            _open.Appends.Add(record, topic);
            return Wait();
        }
    }

    public Task Append(IReadOnlyList<LogRecord> records)
    {
        lock (_gate)
        {
            if (Refusal() is { } refusal)
            {
                return Task.FromException(refusal);
            }

            var (count, bytes) = (_open.Appends.Count, _open.Appends.Bytes);
            try
            {
                foreach (var record in records)
                {
                    _open.Appends.Add(record, _context.Topics[record.Topic]);
                }
            }
            catch
            {
                _open.Appends.Truncate(count, bytes);
                throw;
            }

            return Wait();
        }
    }

    public Task<T> Enqueue<T>(WriteJob<T> job)
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return Task.FromException<T>(new StoreUnavailableException($"{_file} is closed."));
            }

            _open.Waiters.Jobs.Add(job);
            Wake();
        }

        return job.Task;
    }

    public Task<T> Enqueue<T>(Func<WriteContext, T> run) => Enqueue(new FunctionJob<T>(run));

    /// <summary>Writes what waits and stops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private Task Wait()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _open.Waiters.Appends.Add(waiter);
        Wake();
        return waiter.Task;
    }

    private void Wake()
    {
        if (_idle)
        {
            _idle = false;
            Monitor.Pulse(_gate);
        }
    }

    private LogUnavailableException? Refusal() => _stopping
        ? Closed()
        : _published.Bytes + _open.Appends.Bytes > _maxBytes
            ? new LogUnavailableException(
                $"The log in {_file} holds {_published.Bytes >> 20} MiB, more than Log:MaxBytes ({_maxBytes >> 20} MiB) allows; "
                + "it takes records again when workers have caught up and retention has made room.")
            : null;

    private LogUnavailableException Closed() => new($"The log in {_file} is closed.");

    private void Loop()
    {
        while (Next())
        {
            try
            {
                Write(_busy);
            }
#pragma warning disable CA1031 // A loop: who waits for this commit is told, whatever it was, and the next commit is tried.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _busy.Waiters.Failure = Explain(exception);
                RollBack();
                LogMessages.CommitFailed(_logger, exception, _file, _busy.Waiters.Appends.Count, _busy.Waiters.Jobs.Count);
            }

            var topics = _busy.Waiters.Failure is null ? _context.TopicsWritten : 0;
            ThreadPool.UnsafeQueueUserWorkItem(_busy.Take(), preferLocal: false);
            if (topics != 0)
            {
                _written(topics);
            }

            _checkpoints.Committed();
        }
    }

    private bool Next()
    {
        lock (_gate)
        {
            while (_open.IsEmpty)
            {
                if (_stopping)
                {
                    return false;
                }

                _idle = true;
                Monitor.Wait(_gate);
            }

            _idle = false;
            (_open, _busy) = (_busy, _open);
            return true;
        }
    }

    // A savepoint keeps a copy of each page that is changed after it. Since jobs hardly ever fail, they run without; where one does, everything is
    // rolled back and run again, each job with a savepoint of its own.
    private void Write(WriteGroup group)
    {
        Begin(group);
        foreach (var job in group.Waiters.Jobs)
        {
            if (!Try(job))
            {
                RollBack();
                if (group.Waiters.Jobs.Count > 1 || group.Appends.Count > 0)
                {
                    WriteIsolated(group);
                }

                return;
            }
        }

        Commit();
    }

    private void WriteIsolated(WriteGroup group)
    {
        Begin(group);
        foreach (var job in group.Waiters.Jobs)
        {
            _context.Connection["SAVEPOINT job"].Run();
            _context.Mark();
            if (!Try(job))
            {
                _context.Connection["ROLLBACK TO job"].Run();
                _context.UndoToMark();
            }

            _context.Connection["RELEASE job"].Run();
        }

        Commit();
    }

    private bool Try(WriteJob job)
    {
        job.Failure = null;
        try
        {
            return job.Run(_context);
        }
        catch (Exception exception) when (_context.Connection.InTransaction && exception is not SqliteFailure { IsOfFile: true })
        {
            // Whatever a job throws concerns that job alone, as long as the transaction stands.
            job.Failure = exception is SqliteFailure { IsConstraint: true } ? new FlushFailedException(exception.Message, exception) : exception;
            return false;
        }
    }

    private void Begin(WriteGroup group)
    {
        _context.Begun();
        _context.Connection["BEGIN IMMEDIATE"].Run();
        _context.Append(group.Appends);
        FailPoint.Hit("sqlite-after-append", here: group.Appends.Count > 0);
    }

    private void Commit()
    {
        FailPoint.Hit("sqlite-before-commit");
        _context.Connection["COMMIT"].Run();
        FailPoint.Hit("sqlite-after-commit");
        _context.Committed();
    }

    private void RollBack()
    {
        if (_context.Connection.InTransaction)
        {
            _context.Connection["ROLLBACK"].Run();
        }

        _context.RolledBack();
    }

    private StoreUnavailableException Explain(Exception exception) => exception switch
    {
        SqliteFailure { IsFull: true } => new StoreUnavailableException($"The disk that holds {_file} is full.", exception),
        _ => new StoreUnavailableException($"{_file} could not be written: {exception.Message}", exception),
    };
}
