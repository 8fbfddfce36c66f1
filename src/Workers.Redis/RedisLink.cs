using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Workers.Engine.Store;

namespace Workers.Redis;

/// <summary>
/// The connection, and whether it is well. What is in Redis after it was away may be from before, so each return begins a new generation.
/// Every call is asynchronous and has a time limit of ours: this client's own asynchronous calls have none. All go to the master: what replicas have may be older.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private const int Together = 100;
    private const long ProbeMs = 60_000;

    private readonly ConfigurationOptions _options;
    private readonly RedisTimes _times;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _probe;
    private readonly Refusals _refusals;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _beats;
    private Task<ConnectionMultiplexer>? _connecting;
    private volatile ConnectionMultiplexer? _redis;
    private volatile string _why = "not connected yet";
    private volatile Func<IDatabaseAsync, Task>? _owed;
    private long _probes;

    // Keys that one script may name: on a Redis Cluster those of one script must lie together.
    private int _keysAtOnce = Together;

    /// <param name="connectionString">Of a form that <see cref="RedisAddress"/> knows.</param>
    /// <param name="scope">Put before every key: installations do not share entries.</param>
    public RedisLink(string connectionString, string scope, IGenerations generations, RedisTimes times, TimeProvider clock, ILogger log)
    {
        (_options, Scope, Generations, _times, _clock, _log) = (RedisAddress.Parse(connectionString), scope, generations, times, clock, log);
        Trust = new Trust(times, generations.AreShared, clock);
        _probe = $"{scope}probe:{Guid.NewGuid():N}";
        _refusals = new Refusals(clock, log);
        _beats = Task.Run(BeatAsync);
    }

    public string Scope { get; }

    public IGenerations Generations { get; }

    public Trust Trust { get; }

    /// <summary>Asks Redis, where it is not known to be away.</summary>
    /// <returns>False where the call is refused, or there is no answer; without one the link is away until a look finds Redis well.</returns>
    public async ValueTask<(bool IsAnswered, T Answer)> TryAsync<T>(Func<IDatabaseAsync, Task<T>> ask, CancellationToken cancellation)
    {
        if (_redis is not { } redis || Trust.IsAway)
        {
            return (false, default!);
        }

        try
        {
            return (true, await ask(redis.GetDatabase()).WaitAsync(_times.Call, _clock, cancellation));
        }
        catch (RedisServerException error)
        {
            _refusals.Add(error.Message);
            return (false, default!);
        }
        catch (Exception error) when (IsRedis(error))
        {
            Lose(Why(error));
            return (false, default!);
        }
    }

    /// <summary>Runs a script of one key.</summary>
    public ValueTask<(bool IsAnswered, RedisResult Answer)> TryAsync(string script, string key, RedisValue[] values, CancellationToken cancellation) =>
        TryAsync(db => db.ScriptEvaluateAsync(script, [key], values, CommandFlags.DemandMaster), cancellation);

    /// <summary>Drops the entries of states that are to be written, and leaves marks.</summary>
    /// <returns>How many had data; null where not all are known to be marked: then, whatever the reason, the link is away until those can be.</returns>
    public async Task<long?> MarkAsync(IReadOnlyList<Mark> marks, long keepMs)
    {
        if (_redis is not { } redis || Trust.IsAway)
        {
            return null;
        }

        var parts = marks.Chunk(_keysAtOnce).ToList();
        var answers = parts.ConvertAll(part => MarkAsync(redis.GetDatabase(), part, keepMs));
        try
        {
            return (await Task.WhenAll(answers).WaitAsync(_times.Call, _clock).ConfigureAwait(false)).Sum();
        }
        catch (Exception error) when (IsRedis(error))
        {
            if (answers.FindIndex(answer => !answer.IsCompletedSuccessfully) is >= 0 and var failed)
            {
                _owed = db => MarkAsync(db, parts[failed], keepMs);
            }

            Lose(Why(error));
            return null;
        }
    }

    /// <summary>A question for health.</summary>
    /// <exception cref="StoreUnavailableException">Redis does not do what it is there for.</exception>
    public async Task PingAsync(CancellationToken cancellation)
    {
        var (isAnswered, _) = await PingRedisAsync(cancellation);
        if (!isAnswered && Trust.IsAway)
        {
            throw new StoreUnavailableException($"Redis is away ({_why}): reads come from the store, rate limits are counted in each process");
        }

        if (_refusals.Recent is { } refusal)
        {
            throw new StoreUnavailableException($"Redis refuses calls ({refusal}): what they are for is done without it");
        }

        if (Generations.Unseen is { } unseen)
        {
            throw new StoreUnavailableException($"The store does not tell which entries in Redis count ({unseen}): reads come from the store");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _beats;
        _end.Dispose();
        _redis?.Dispose();
    }

    private static bool IsRedis(Exception error) =>
        error is TimeoutException or RedisException or RedisCommandException or ObjectDisposedException or IOException;

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(_times.Beat, _clock);
        try
        {
            do
            {
                try
                {
                    await LookAsync();
                }
#pragma warning disable CA1031 // A loop that must go on: whatever this look met, the next may find Redis well.
                catch (Exception error) when (error is not OperationCanceledException || !_end.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    Lose(Why(error));
                }
            }
            while (await timer.WaitForNextTickAsync(_end.Token));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task LookAsync()
    {
        if (Trust.MustMove)
        {
            var begun = _clock.GetTimestamp();
            await Generations.NextAsync();
            Trust.Moved(begun);
        }

        var redis = _redis ?? await ConnectAsync();
        if (Trust.IsAway)
        {
            _keysAtOnce = redis.GetEndPoints().Any(e => redis.GetServer(e).ServerType == ServerType.Cluster) ? 1 : Together;
            await ProveAsync(redis.GetDatabase());
            await ReturnAsync();
        }
        else
        {
            await PingRedisAsync(_end.Token);
        }
    }

    // What answers may be a replica, or refuse writes to all or to us, or want the keys of just the write that waits.
    private async Task ProveAsync(IDatabaseAsync db)
    {
        await Soon(MarkAsync(db, [new Mark(_probe, ++_probes)], ProbeMs));
        if (_owed is { } owed)
        {
            await Soon(owed(db));
            _owed = null;
        }
    }

    private static async Task<long> MarkAsync(IDatabaseAsync db, Mark[] marks, long keepMs) => (long)await db.ScriptEvaluateAsync(
        Scripts.BeforeWrite, [.. marks.Select(mark => (RedisKey)mark.Key)], [keepMs, .. marks.Select(mark => (RedisValue)mark.Version)], CommandFlags.DemandMaster)
        .ConfigureAwait(false);

    private ValueTask<(bool IsAnswered, TimeSpan Answer)> PingRedisAsync(CancellationToken cancellation) =>
        TryAsync(db => db.PingAsync(CommandFlags.DemandMaster), cancellation);

    private async Task ReturnAsync()
    {
        var isNear = false;
        var drained = Trust.StartReturning();
        try
        {
            await Soon(drained);
            await Generations.NextAsync();
            isNear = true;
        }
        finally
        {
            Trust.EndReturning(isNear);
        }

        Log.Back(_log);
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        _connecting = _connecting is null or { IsFaulted: true } ? ConnectionMultiplexer.ConnectAsync(_options) : _connecting;
        var redis = await Soon(_connecting);
        redis.ConnectionFailed += (_, failed) => Lose($"no connection: {failed.FailureType}");
        return _redis = redis;
    }

    private void Lose(string why)
    {
        _why = why;
        if (Trust.Lose())
        {
            Log.Away(_log, why);
        }
    }

    // This client's messages have whole lists of its inner state.
    private string Why(Exception error) => error switch
    {
        TimeoutException => $"no answer in {_times.Call.TotalMilliseconds} ms",
        RedisConnectionException connection => $"no connection: {connection.FailureType}",
        RedisServerException or StoreUnavailableException => error.Message,
        _ => error.GetType().Name,
    };

    private Task<T> Soon<T>(Task<T> answer) => answer.WaitAsync(_times.Call, _clock, _end.Token);

    private Task Soon(Task end) => end.WaitAsync(_times.Call, _clock, _end.Token);
}

/// <param name="Key">Of the state's entry.</param>
/// <param name="Version">Nothing lower may be put.</param>
internal readonly record struct Mark(string Key, long Version);
