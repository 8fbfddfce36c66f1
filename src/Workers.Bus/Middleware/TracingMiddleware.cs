using System.Diagnostics;

namespace Workers.Bus.Middleware;

/// <summary>
/// A span around each dispatch, named by its message, with <c>command.name</c> and <c>command.type</c>="command" (queries: <c>query.name</c>,
/// <c>query.type</c>); an error is recorded and makes it the span's status. Costs next to nothing while nobody listens to the source.
/// </summary>
/// <param name="source">What a tracer such as OpenTelemetry subscribes to by its name.</param>
/// <param name="begins">A dispatch outside of any span begins a trace. False: it has no span, as where the trace that it belongs to is not recorded.</param>
public sealed class TracingMiddleware(ActivitySource source, bool begins = true) : ICommandMiddleware, IQueryMiddleware
{
    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class => (m, cancellation) =>
            source.HasListeners() && (begins || Activity.Current is not null) ? Traced(message, next, m, cancellation) : next(m, cancellation);

    private async ValueTask<TResult> Traced<TMessage, TResult>(
        MessageInfo message, Handler<TMessage, TResult> next, TMessage m, CancellationToken cancellation)
    {
        using var span = source.StartActivity(message.Name);
        span?.SetTag($"{message.Kind}.name", message.Name).SetTag($"{message.Kind}.type", message.Kind);
        try
        {
            return await next(m, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (span is not null)
        {
            span.AddException(e).SetTag("error.type", e.GetType().FullName).SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
    }
}
