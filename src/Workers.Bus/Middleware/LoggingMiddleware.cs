using System.Diagnostics;

namespace Workers.Bus.Middleware;

/// <summary>Tells <paramref name="log"/> how each dispatch ended. It is called on the dispatching thread and must not throw.</summary>
public sealed class LoggingMiddleware(Action<BusLogEntry> log) : ICommandMiddleware, IQueryMiddleware
{
    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => async (m, cancellation) =>
    {
        var start = Stopwatch.GetTimestamp();
        Exception? error = null;
        try
        {
            return await next(m, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (Remember(e, out error))
        {
            throw;
        }
        finally
        {
            log(new BusLogEntry(message.Kind, message.Name, Stopwatch.GetElapsedTime(start), error));
        }
    };

    // In a filter, so that the exception's own stack is not unwound by a catch.
    private static bool Remember(Exception e, out Exception? kept)
    {
        kept = e;
        return false;
    }
}

/// <summary>One dispatch that ended.</summary>
/// <param name="Kind"><c>command</c> or <c>query</c>.</param>
/// <param name="Name">Registered name.</param>
/// <param name="Elapsed">From the call to the end.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
public readonly record struct BusLogEntry(string Kind, string Name, TimeSpan Elapsed, Exception? Error)
{
    /// <summary>One line, for a log without fields.</summary>
    public override string ToString() => Error is null
        ? $"{Kind} {Name} executed in {Elapsed.TotalMilliseconds:0.###} ms"
        : $"{Kind} {Name} failed in {Elapsed.TotalMilliseconds:0.###} ms: {Error.Message}";
}
