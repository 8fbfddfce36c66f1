using System.Collections.Concurrent;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.MongoDb.Native;

namespace Workers.MongoDb;

/// <summary>
/// Threads that call MongoDB, each with a client of its own; work is begun in the order in which it came. Work must be repeatable: after a broken
/// connection it runs once more from its beginning. Whatever the deployment does, a caller gets a result, <see cref="StoreUnavailableException"/> or
/// <see cref="FlushFailedException"/> in bounded time.
/// </summary>
internal sealed class MongoThreads : IDisposable
{
    // A call that hangs is left to its own limit; the thread is a background thread and ends with the process.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(15);

    private readonly MongoPool _pool;
    private readonly TimeProvider _clock;
    private readonly Action<MongoClient>? _prepare;
    private readonly Action<string> _notPrepared;
    private readonly TimeSpan _patience;
    private readonly BlockingCollection<Item> _queue = [];
    private readonly Thread[] _threads;
    private volatile bool _prepared;

    /// <param name="patience">Work that has waited longer than this for a thread fails: behind a deployment that is away, callers do not queue up.</param>
    /// <param name="prepare">What has to be there before any work; at once if the deployment answers, else before the first work that it answers.</param>
    /// <param name="notPrepared">Told why it could not be done at once.</param>
    public MongoThreads(
        MongoPool pool, string name, int count, TimeSpan patience, TimeProvider clock, Action<MongoClient>? prepare = null, Action<string>? notPrepared = null)
    {
        (_pool, _patience, _clock, _prepare, _prepared) = (pool, patience, clock, prepare, prepare is null);
        _notPrepared = notPrepared ?? (_ => { });
        _threads = [.. Enumerable.Range(1, count).Select(n => new Thread(Serve) { IsBackground = true, Name = $"mongodb {name} {n}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Cancelled while it waits, the work is not begun; later, only the waiting for it ends.</summary>
    public Task<T> Run<T>(Func<MongoClient, T> work, CancellationToken cancellation)
    {
        var item = new Item<T>(work, cancellation) { Since = _clock.GetTimestamp() };
        try
        {
            _queue.Add(item, cancellation);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(MongoThreads));
        }

        return item.Done.Task.WaitAsync(cancellation);
    }

    /// <summary>Finishes what was begun and what waits. False where a call did not end: its client is still in use.</summary>
    public bool Stop()
    {
        _queue.CompleteAdding();
        return Array.TrueForAll(_threads, t => t.Join(LongestEnd));
    }

    public void Dispose()
    {
        if (Stop())
        {
            _queue.Dispose();
        }
    }

    private void Serve()
    {
        var client = _pool.Take();
        PrepareAtOnce(client);
        foreach (var item in _queue.GetConsumingEnumerable())
        {
            if (_clock.GetElapsedTime(item.Since) > _patience)
            {
                item.Fail(new StoreUnavailableException($"MongoDB at {_pool.Hosts} is too slow or away: no connection was free for {_patience.TotalSeconds:0} s."));
                continue;
            }

            try
            {
                Run(item, client);
            }
#pragma warning disable CA1031 // Whoever waits for the work gets its exception; the thread goes on with the next.
            catch (Exception error)
#pragma warning restore CA1031
            {
                item.Fail(error);
            }
        }

        _pool.Return(client);
    }

    private void Run(Item item, MongoClient client)
    {
        try
        {
            try
            {
                Prepare(client);
                item.Run(client);
            }
            catch (MongoFailure failure) when (failure.IsBroken)
            {
                Prepare(client);
                item.Run(client);
            }
        }
        catch (MongoFailure failure) when (failure.IsTimeout)
        {
            throw new QueryTimeoutException(QueryTimeoutException.Limit, failure);
        }
        catch (MongoFailure failure)
        {
            throw failure.IsOfData
                ? new FlushFailedException($"MongoDB at {_pool.Hosts} cannot store it: {failure.Message}", failure)
                : new StoreUnavailableException($"MongoDB at {_pool.Hosts}: {failure.Message}", failure);
        }
    }

    private void PrepareAtOnce(MongoClient client)
    {
        try
        {
            Prepare(client);
        }
        catch (MongoFailure failure)
        {
            _notPrepared(failure.Message);
        }
    }

    private void Prepare(MongoClient client)
    {
        if (!_prepared)
        {
            _prepare!(client);
            _prepared = true;
        }
    }

    private abstract class Item
    {
        /// <summary>A timestamp of the clock.</summary>
        public long Since { get; init; }

        public abstract void Run(MongoClient client);

        public abstract void Fail(Exception error);
    }

    private sealed class Item<T>(Func<MongoClient, T> work, CancellationToken cancellation) : Item
    {
        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(MongoClient client)
        {
            if (cancellation.IsCancellationRequested)
            {
                Done.SetCanceled(cancellation);
                return;
            }

            Done.SetResult(work(client));
        }

        public override void Fail(Exception error) => Done.TrySetException(error);
    }
}
