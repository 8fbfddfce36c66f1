using System.Diagnostics;
using Workers.Host.CommandLine;

namespace Workers.Host.Logging;

/// <summary>Turns what one category logs into entries. Which levels are wanted is decided before, by the framework's filters.</summary>
internal sealed class LineLogger(string category, LineQueue queue, Func<IExternalScopeProvider?> scopes, TimeProvider time) : ILogger
{
    private const string Hosting = "Microsoft.Extensions.Hosting";
    private const int HostedServiceFaulted = 11;

    private readonly string _category = Categories.WordOf(category);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => scopes()?.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || IsToldElsewhere(exception) || IsStop(eventId, exception))
        {
            return;
        }

        var span = Activity.Current;
        queue.Add(new LogEntry(
            time.GetUtcNow(),
            logLevel,
            _category,
            eventId.Id,
            OneLine(formatter(state, exception)),
            ValuesOf(state),
            span?.TraceId.ToHexString(),
            span?.SpanId.ToHexString(),
            exception));
    }

    // The framework's host and server log why a start failed, stack and all, before the command line says it in a sentence.
    private bool IsToldElsewhere(Exception? exception) =>
        exception is not null && _category == Categories.Framework && StartupFailure.Explain(exception) is not null;

    // Told to stop while it started: that is no error, whatever the host says of it.
    private bool IsStop(EventId eventId, Exception? exception) =>
        exception is OperationCanceledException && eventId.Id == HostedServiceFaulted && category.StartsWith(Hosting, StringComparison.Ordinal);

    // Copied at once: the state may be used again by its owner.
    private List<KeyValuePair<string, object?>> ValuesOf<TState>(TState state)
    {
        var values = new List<KeyValuePair<string, object?>>();
        Add(state, values);
        scopes()?.ForEachScope(static (scope, list) => Add(scope, list), values);
        return values;
    }

    // Not what the framework says of each connection and request: nothing could be found by it, and paths have ids.
    private static void Add(object? state, List<KeyValuePair<string, object?>> values)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> named)
        {
            foreach (var (key, value) in named)
            {
                if (key is not ("{OriginalFormat}" or "ConnectionId" or "RequestId" or "RequestPath"))
                {
                    // What is not a value of the system may change or end before it is written.
                    values.Add(new(key, value is null or string or ValueType ? value : value.ToString()));
                }
            }
        }
    }

    // A caller's text must not look like lines of ours.
    private static string OneLine(string text) =>
        text.AsSpan().IndexOfAny('\n', '\r') < 0 ? text : text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
