using Microsoft.Extensions.Logging;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Redis;

/// <summary>
/// Which entries count. Redis may be killed, frozen, restarted with old data, or reached by some processes and not by others, and writes go on without it: so what
/// counts is not decided there. Entries count in the generation in which they were put, and in no other.
/// </summary>
internal interface IGenerations
{
    /// <summary>Whether other processes read what this one writes.</summary>
    bool AreShared { get; }

    /// <summary>The one whose entries count now; false while none do.</summary>
    bool IsSettled(out long generation);

    /// <summary>Why it cannot be told which one counts; null where it can.</summary>
    string? Unseen { get; }

    /// <summary>Begins another: nothing that was put before counts any more, in this process at once, in others within <see cref="RedisTimes.Lease"/>.</summary>
    /// <exception cref="StoreUnavailableException">Not begun.</exception>
    Task NextAsync();
}

/// <summary>Of a process that is alone.</summary>
internal sealed class OwnGenerations(TimeProvider clock) : IGenerations
{
    private long _generation = clock.GetUtcNow().ToUnixTimeMilliseconds();

    public bool AreShared => false;

    public string? Unseen => null;

    public bool IsSettled(out long generation)
    {
        generation = Volatile.Read(ref _generation);
        return true;
    }

    public Task NextAsync()
    {
        // At least the time: higher than any of a process before this one.
        Interlocked.Exchange(ref _generation, Math.Max(Volatile.Read(ref _generation) + 1, clock.GetUtcNow().ToUnixTimeMilliseconds()));
        return Task.CompletedTask;
    }
}

/// <summary>
/// Of processes that share a store: the epoch of a position there that belongs to no topic. A process that writes without Redis takes it again and again; those
/// that read look at it all the time, and believe entries only while they look in time and it has not moved for <see cref="RedisTimes.Quiet"/>.
/// </summary>
internal sealed class StoreGenerations : IGenerations, IAsyncDisposable
{
    private const string Group = "cache";

    private static readonly PartitionId s_place = new(Group, 0);

    private readonly IStateStore _store;
    private readonly RedisTimes _times;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _looks;
    private long _generation = -1;
    private long _looked;
    private long _quietSince;
    private volatile string? _unseen;

    public StoreGenerations(IStateStore store, RedisTimes times, TimeProvider clock, ILogger log)
    {
        (_store, _times, _clock, _log) = (store, times, clock, log);
        _looks = Task.Run(LooksAsync);
    }

    public bool AreShared => true;

    public string? Unseen => _unseen;

    public bool IsSettled(out long generation)
    {
        lock (_gate)
        {
            generation = _generation;
            return _generation >= 0 && _clock.GetElapsedTime(_looked) < _times.Lease && _clock.GetElapsedTime(_quietSince) >= _times.Quiet;
        }
    }

    public async Task NextAsync()
    {
        try
        {
            Seen(_clock.GetTimestamp(), (await _store.TakeAsync(Group, s_place, _end.Token).WaitAsync(_times.Lease, _clock)).Epoch);
        }
        catch (TimeoutException error)
        {
            throw new StoreUnavailableException($"The store did not answer in {_times.Lease.TotalSeconds} s", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looks;
        _end.Dispose();
    }

    private async Task LooksAsync()
    {
        using var timer = new PeriodicTimer(_times.Beat, _clock);
        try
        {
            do
            {
                var begun = _clock.GetTimestamp();
                try
                {
                    Seen(begun, (await _store.PositionAsync(Group, s_place, _end.Token).WaitAsync(_times.Lease, _clock, _end.Token))?.Epoch ?? 0);
                }
#pragma warning disable CA1031 // A loop that must go on: the next look may find the store well.
                catch (Exception error) when (!_end.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    NotSeen(error is TimeoutException ? $"no answer in {_times.Lease.TotalSeconds} s" : error.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(_end.Token));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    /// <param name="begun">When the look began: what it tells is not older.</param>
    /// <param name="generation">What it found.</param>
    private void Seen(long begun, long generation)
    {
        lock (_gate)
        {
            // Whoever has not looked for long does not know how often it moved meanwhile.
            if (generation != _generation || _clock.GetElapsedTime(_looked, begun) > _times.Lease)
            {
                _quietSince = begun;
            }

            (_generation, _looked, _unseen) = (generation, begun, null);
        }
    }

    // The lease ends by itself.
    private void NotSeen(string why)
    {
        bool isFirst;
        lock (_gate)
        {
            if (_generation >= 0 && _clock.GetElapsedTime(_looked) < _times.Lease)
            {
                return;
            }

            isFirst = _unseen is null;
            _unseen = why;
        }

        if (isFirst)
        {
            Log.Unseen(_log, why);
        }
    }
}
