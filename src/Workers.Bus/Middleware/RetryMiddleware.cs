using System.Data.Common;

namespace Workers.Bus.Middleware;

/// <summary>
/// Tries again after a transient error, at most <paramref name="maxRetries"/> times: waits between half and the whole of
/// <paramref name="baseDelay"/> · 2ⁿ, a minute at most. Other errors, and the last one, reach the caller as they are. Around commands only where a
/// handler may run twice.
/// </summary>
/// <param name="maxRetries">Tries after the first one.</param>
/// <param name="baseDelay">Longest wait before the first of them.</param>
/// <param name="isTransient">What is worth another try; by default time-outs, I/O and HTTP errors, and what a database calls transient.</param>
/// <param name="time">Clock of the waits.</param>
public sealed class RetryMiddleware(int maxRetries, TimeSpan baseDelay, Func<Exception, bool>? isTransient = null, TimeProvider? time = null)
    : ICommandMiddleware, IQueryMiddleware
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly int _retries = maxRetries >= 0 ? maxRetries : throw new ArgumentOutOfRangeException(nameof(maxRetries), maxRetries, null);
    private readonly TimeSpan _delay = baseDelay >= TimeSpan.Zero ? baseDelay : throw new ArgumentOutOfRangeException(nameof(baseDelay), baseDelay, null);
    private readonly Func<Exception, bool> _isTransient = isTransient ?? IsTransient;
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => (m, cancellation) =>
    {
        try
        {
            var task = next(m, cancellation);
            return task.IsCompletedSuccessfully ? task : new ValueTask<TResult>(Repeat(task.AsTask(), next, m, cancellation));
        }
        catch (Exception e) when (_retries > 0 && _isTransient(e))
        {
            return new ValueTask<TResult>(Repeat(Task.FromException<TResult>(e), next, m, cancellation));
        }
    };

    private async Task<TResult> Repeat<TMessage, TResult>(
        Task<TResult> first, Handler<TMessage, TResult> next, TMessage message, CancellationToken cancellation)
    {
        for (var retry = 0; ; retry++)
        {
            try
            {
                return retry == 0 ? await first.ConfigureAwait(false) : await next(message, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (retry < _retries && _isTransient(e))
            {
                var upTo = Math.Min(_delay.TotalSeconds * Math.Pow(2, retry), Longest.TotalSeconds);
                var wait = TimeSpan.FromSeconds(upTo * (0.5 + (Random.Shared.NextDouble() / 2)));
                await Task.Delay(wait, _time, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static bool IsTransient(Exception e) =>
        e is TimeoutException or ExecutionTimeoutException or IOException or HttpRequestException or DbException { IsTransient: true }
            or OperationCanceledException { InnerException: TimeoutException }; // an HttpClient's time-out
}
