using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Workers.Tests.Telemetry;

/// <summary>Lines as they were logged.</summary>
internal sealed class KeptLines : ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text, Exception? Error)> All { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        All.Enqueue((logLevel, formatter(state, exception), exception));
}
