namespace Workers.Bus.Middleware;

/// <summary>
/// Cancels a handler's token after its time and throws <see cref="ExecutionTimeoutException"/> then, whether it
/// listens or not: one that does not listen goes on unobserved. A handler that blocks its thread instead of awaiting cannot be left.
/// </summary>
/// <param name="timeout">More than none.</param>
/// <param name="time">Its clock.</param>
public sealed class TimeoutMiddleware(TimeSpan timeout, TimeProvider? time = null) : ICommandMiddleware, IQueryMiddleware
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly TimeSpan _timeout = timeout > TimeSpan.Zero ? timeout : throw new ArgumentOutOfRangeException(nameof(timeout), timeout, null);

    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => async (m, cancellation) =>
    {
        using var late = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            var task = next(m, either.Token);
            return task.IsCompleted
                ? await task.ConfigureAwait(false)
                : await task.AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new ExecutionTimeoutException(message.Name, _timeout);
        }
    };
}
