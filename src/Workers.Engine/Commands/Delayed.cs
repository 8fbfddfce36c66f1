using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Engine.Commands;

/// <summary>Commands that were accepted for later: a timer of their partition, whose token is the command's id, puts them back into the log.</summary>
public static class Delayed
{
    /// <summary>What is put back: the command with its id and all that is known of who sent it.</summary>
    public static LogRecord Message(LogRecord record, Due due) => new()
    {
        Id = record.Id,
        Topic = record.Topic,
        Key = record.Key,
        TimestampMs = record.TimestampMs,
        Headers = record.HeadersToPass.Without(HeaderName.Due).With(HeaderName.Due, (due with { IsSent = true }).ToString()),
        Value = record.Value,
    };
}
