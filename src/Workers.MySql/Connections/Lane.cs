using Workers.Engine.Store;

namespace Workers.MySql.Connections;

/// <summary>
/// Jobs that run one after the other, in the order they came, on a thread and a session of their own. Thread and connection are made when a job comes and
/// given up when none came for a minute; meanwhile the connection is kept alive.
/// </summary>
internal sealed class Lane(Session session, string name) : IDisposable
{
    // Less than half of what the server waits for a silent session that writes.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);
    private const int BeatsUntilEnd = 30;

    private readonly object _lock = new();
    private readonly Queue<Job> _jobs = new();
    private Thread? _thread;
    private bool _closing;
    private bool _disposed;

    /// <summary>
    /// The job's result, or its exception. The continuation runs on the pool. Cancelled while it waits, the job is not begun; later, only the waiting for it ends.
    /// </summary>
    public Task<T> Enqueue<T>(Func<Session, T> run, CancellationToken cancellation = default)
    {
        var job = new Job<T>(run, cancellation);
        lock (_lock)
        {
            if (_disposed)
            {
                return Task.FromException<T>(new StoreUnavailableException("The store is closed."));
            }

            _closing = false;
            _jobs.Enqueue(job);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = name };
                _thread.Start();
            }

            Monitor.Pulse(_lock);
        }

        return cancellation.CanBeCanceled ? job.Task.WaitAsync(cancellation) : job.Task;
    }

    /// <summary>Gives thread and connection up once the jobs that wait are done, unless another one comes.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closing = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Finishes the jobs that wait. Jobs that come later fail.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_lock)
        {
            (_disposed, _closing, thread) = (true, true, _thread);
            Monitor.Pulse(_lock);
        }

        thread?.Join();
        session.Dispose();
    }

    private void Run()
    {
        while (Next() is { } job)
        {
            job.Run(session);
        }
    }

    private Job? Next()
    {
        for (var beats = 0; ; beats++)
        {
            lock (_lock)
            {
                if (_jobs.TryDequeue(out var job))
                {
                    return job;
                }

                if (!_closing && beats < BeatsUntilEnd && Monitor.Wait(_lock, Heartbeat))
                {
                    beats = -1;
                    continue;
                }

                if (_jobs.Count > 0)
                {
                    continue;
                }

                if (_closing || beats >= BeatsUntilEnd)
                {
                    session.Drop();
                    _thread = null;
                    return null;
                }
            }

            session.Ping();
        }
    }

    private abstract class Job
    {
        public abstract void Run(Session session);
    }

    private sealed class Job<T>(Func<Session, T> run, CancellationToken cancellation) : Job
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _done.Task;

        public override void Run(Session session)
        {
            if (cancellation.IsCancellationRequested)
            {
                _done.TrySetCanceled(cancellation);
                return;
            }

            try
            {
                _done.TrySetResult(run(session));
            }
#pragma warning disable CA1031 // The exception is the caller's, and the lane goes on.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _done.TrySetException(error);
            }
        }
    }
}
