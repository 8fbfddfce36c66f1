namespace Workers.Bus.Middleware;

/// <summary>
/// Lets through at most <c>limit</c> messages in any span of <c>window</c>; the others are refused with <see cref="RateLimitedException"/>,
/// which says when there is room again. All messages that pass this object share the limit. Takes 8 bytes a message of the limit.
/// </summary>
public sealed class RateLimitMiddleware : ICommandMiddleware, IQueryMiddleware
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _window;
    private readonly TimeProvider _time;
    private readonly long[] _passed; // when the last ones passed, a ring: the oldest is at _next once it is full
    private int _count;
    private int _next;

    /// <summary>Nothing has passed.</summary>
    /// <param name="limit">Messages; at least 1.</param>
    /// <param name="window">Time; more than none.</param>
    /// <param name="time">Its clock.</param>
    public RateLimitMiddleware(int limit, TimeSpan window, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        (_passed, _window, _time) = (new long[limit], window, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => (m, cancellation) => Take() is { } wait
            ? ValueTask.FromException<TResult>(new RateLimitedException(message.Name, wait))
            : next(m, cancellation);

    private TimeSpan? Take()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (_count == _passed.Length)
            {
                var age = _time.GetElapsedTime(_passed[_next], now);
                if (age < _window)
                {
                    return _window - age;
                }
            }
            else
            {
                _count++;
            }

            _passed[_next] = now;
            _next = (_next + 1) % _passed.Length;
            return null;
        }
    }
}
