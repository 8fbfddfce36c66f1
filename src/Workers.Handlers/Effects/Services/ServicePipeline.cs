using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using Workers.Bus;
using Workers.Engine.Dispatch;
using Workers.Engine.Effects;
using Workers.Engine.Health;
using Workers.Handlers.Effects.Webhooks;

namespace Workers.Handlers.Effects.Services;

/// <summary>
/// All calls to one service outside. A call has a time limit; one that did not reach the service is tried twice more within the second; when half of
/// ten calls or more failed within 30 s, no more are made for 30 s (both as <c>Workers:Bus:CircuitBreaker</c> has them); and one service never takes all the room that calls have.
/// </summary>
public sealed class ServicePipeline : IDisposable
{
    private static readonly TimeSpan NoRoomWait = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline _guard;
    private readonly ResiliencePipeline _limit;
    private readonly ConcurrencyLimiter _room;
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly CircuitBreakerManualControl _control = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Action<CircuitStatus>? _changed;
    private int _failures;
    private long _openedMs;
    private long _retryMs;

    internal ServicePipeline(string name, TimeSpan timeout, int room, BusSettings.CircuitBreakerSettings breaker, TimeProvider clock, ILogger log,
        Action<CircuitStatus>? changed = null)
    {
        (Name, _clock, _log, _changed) = (name, clock, log, changed);
        _room = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = room, QueueLimit = 0 });
        _limit = new ResiliencePipelineBuilder { TimeProvider = clock }.AddTimeout(timeout).Build();
        _guard = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(IsOutage),
                MaxRetryAttempts = 2,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(IsOutage),
                FailureRatio = 0.5,
                MinimumThroughput = Math.Max(2, breaker.FailureThreshold),
                SamplingDuration = breaker.Timeout,
                BreakDuration = breaker.Timeout,
                StateProvider = _state,
                ManualControl = _control,
                OnOpened = Opened,
                OnClosed = Closed,
            })
            .Build();
    }

    public string Name { get; }

    public CircuitStatus Circuit
    {
        get
        {
            var (word, broken) = _state.CircuitState switch
            {
                CircuitState.Closed => ("closed", false),
                CircuitState.HalfOpen => ("half_open", true),
                _ => ("open", true),
            };
            return new CircuitStatus(
                Name, word, Volatile.Read(ref _failures), broken ? Time(ref _openedMs) : null, broken ? Time(ref _retryMs) : null);
        }
    }

    /// <summary>Makes a call. Throws <see cref="EffectPostponed"/> where it was not made: the circuit is open, or there is no room.</summary>
    public async Task<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        using var lease = _room.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            throw new EffectPostponed($"{Name} has no room for more calls", NoRoomWait);
        }

        try
        {
            return await _guard.ExecuteAsync(token => OnceAsync(call, token), cancellation);
        }
        catch (BrokenCircuitException error)
        {
            throw new EffectPostponed($"The circuit of {Name} is open", error.RetryAfter, error);
        }
    }

    /// <summary>Closes the circuit now.</summary>
    public Task ResetAsync(CancellationToken cancellation) => _control.CloseAsync(cancellation);

    public void Dispose() => _room.Dispose();

    /// <summary>The service is away, slow or overloaded, as against: it answered no.</summary>
    private static bool IsOutage(Exception error) =>
        error is TimeoutRejectedException or TimeoutException or IOException or RetryLater
        || (error is HttpRequestException && error.InnerException is not AddressRefused);

    private async ValueTask<T> OnceAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        var started = _clock.GetTimestamp();
        var outcome = "failed";
        try
        {
            var answer = await _limit.ExecuteAsync(call, cancellation);
            outcome = "answered";
            Volatile.Write(ref _failures, 0);
            return answer;
        }
        catch (Exception error) when (IsOutage(error))
        {
            outcome = error is TimeoutRejectedException or TimeoutException ? "timeout" : "failed";
            Interlocked.Increment(ref _failures);
            throw;
        }
        finally
        {
            ServiceMetrics.Called(Name, outcome, _clock.GetElapsedTime(started));
        }
    }

    private ValueTask Opened(OnCircuitOpenedArguments<object> opened)
    {
        var now = _clock.GetUtcNow();
        Volatile.Write(ref _openedMs, now.ToUnixTimeMilliseconds());
        Volatile.Write(ref _retryMs, (now + opened.BreakDuration).ToUnixTimeMilliseconds());
        LogMessages.CircuitOpened(_log, Name, Volatile.Read(ref _failures), opened.BreakDuration, opened.Outcome.Exception.Cause());
        _changed?.Invoke(new CircuitStatus(Name, "open", Volatile.Read(ref _failures), Time(ref _openedMs), Time(ref _retryMs)));
        return default;
    }

    private ValueTask Closed(OnCircuitClosedArguments<object> closed)
    {
        Volatile.Write(ref _failures, 0);
        LogMessages.CircuitClosed(_log, Name);
        _changed?.Invoke(new CircuitStatus(Name, "closed", 0, null, null));
        return default;
    }

    private static DateTimeOffset Time(ref long ms) => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref ms));
}
