using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using Workers.Engine.Telemetry;

namespace Workers.Telemetry;

/// <summary>
/// Lines that go to a collector. Of the lines that tell of each request only those go whose trace is recorded too and those of answers from 500 on, unless all are wanted: at
/// thousands a second they would cost more than all other telemetry, and figures tell of the others. They are left out before they are written a second time.
/// </summary>
[ProviderAlias("OpenTelemetry")]
internal sealed class SentLines(OpenTelemetryLoggerProvider sender, bool allAccessLines) : ILoggerProvider, ISupportExternalScope
{
    private const int Failed = 500;

    public ILogger CreateLogger(string categoryName) =>
        allAccessLines ? sender.CreateLogger(categoryName) : new Selective(sender.CreateLogger(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => ((ISupportExternalScope)sender).SetScopeProvider(scopeProvider);

    public void Dispose() => sender.Dispose();

    private sealed class Selective(ILogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id is not (AccessLines.Request or AccessLines.Command) || Activity.Current is { Recorded: true } || StatusOf(state) >= Failed)
            {
                log.Log(logLevel, eventId, state, exception, formatter);
            }
        }

        private static int StatusOf<TState>(TState line)
        {
            if (line is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                for (var i = 0; i < values.Count; i++)
                {
                    if (values[i].Key == AccessLines.Status)
                    {
                        return values[i].Value is int status ? status : Failed;
                    }
                }
            }

            // It is none of ours with that id.
            return Failed;
        }
    }
}
