namespace Workers.Host.Logging;

/// <summary>One event on its way to the console and the file.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Category">One word: <see cref="Categories"/>.</param>
/// <param name="EventId">Number of the message.</param>
/// <param name="Message">The sentence, on one line.</param>
/// <param name="Values">The named values of the sentence and of the scopes around it.</param>
/// <param name="TraceId">Of the current span; null outside of one.</param>
/// <param name="SpanId">The current span; null outside of one.</param>
/// <param name="Error">What was thrown.</param>
internal sealed record LogEntry(
    DateTimeOffset At,
    LogLevel Level,
    string Category,
    int EventId,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Values,
    string? TraceId,
    string? SpanId,
    Exception? Error)
{
    public string LevelWord => Level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };
}
