using Microsoft.Extensions.Logging;

namespace Workers.Engine;

internal static partial class LogMessages
{
    [LoggerMessage(EventId = 100, Message = "Batch of {Group} {Partition} was abandoned and starts again from the stored position")]
    public static partial void BatchFailed(ILogger logger, LogLevel level, string group, string partition, Exception error);

    [LoggerMessage(101, LogLevel.Warning, "Partition {Partition} of {Group} belongs to another worker now")]
    public static partial void PartitionLost(ILogger logger, string group, string partition);

    [LoggerMessage(102, LogLevel.Warning, "Command record {Id} of {Group} waits: key {Key}, attempt {Attempt}, again in {Delay}: {Cause}")]
    public static partial void RecordWaits(ILogger logger, string group, Guid id, string key, int attempt, TimeSpan delay, string cause);

    [LoggerMessage(103, LogLevel.Error, "Command record {Id} of {Group} is a dead letter: key {Key}, {Reason}")]
    public static partial void DeadLettered(ILogger logger, string group, Guid id, string key, string reason, Exception error);

    [LoggerMessage(EventId = 104, Message = "Pump of {Group} failed and starts again")]
    public static partial void PumpFailed(ILogger logger, LogLevel level, string group, Exception error);

    [LoggerMessage(105, LogLevel.Warning, "The process ended while record {Id} of {Group} was executed: key {Key}; it runs again in {Delay}")]
    public static partial void RecordSetAside(ILogger logger, string group, Guid id, string key, TimeSpan delay);

    [LoggerMessage(EventId = 106, Message = "The outbox could not be sent; it is sent again from what is not acknowledged")]
    public static partial void RelayFailed(ILogger logger, LogLevel level, Exception error);

    [LoggerMessage(107, LogLevel.Warning, "Partition {Partition} of {Group} could not be released: who takes it next will run it carefully: {Cause}")]
    public static partial void NotReleased(ILogger logger, string group, string partition, string cause);

    [LoggerMessage(108, LogLevel.Error, "{Sentence}")]
    public static partial void PartitionHalted(ILogger logger, string sentence);

    [LoggerMessage(EventId = 109, Message = "Partition {Partition} of {Group} cannot be taken yet")]
    public static partial void NotTaken(ILogger logger, LogLevel level, string partition, string group, Exception error);

    [LoggerMessage(EventId = 110, Message = "Follower {Group} failed; it goes on from its stored positions")]
    public static partial void FollowFailed(ILogger logger, LogLevel level, string group, Exception error);

    [LoggerMessage(111, LogLevel.Warning, "A position of follower {Group} was moved by somebody else; it goes on from there")]
    public static partial void FollowMoved(ILogger logger, string group);

    [LoggerMessage(112, LogLevel.Error, "Record {Id} in {Partition} at {Offset} was passed over: it cannot be read or stored")]
    public static partial void FollowSkipped(ILogger logger, Guid id, string partition, long offset, Exception? error);

    [LoggerMessage(120, LogLevel.Warning, "{Type} {Id} waits: key {Key}, attempt {Attempt}, again in {Delay}: {Cause}")]
    public static partial void EffectWaits(ILogger logger, string type, Guid id, string key, int attempt, TimeSpan delay, string cause);

    [LoggerMessage(121, LogLevel.Debug, "Attempt {Attempt} at {Id} of {Group} failed")]
    public static partial void AttemptFailed(ILogger logger, string group, Guid id, int attempt, Exception? error);

    [LoggerMessage(EventId = 113, Message = "What concerns every worker could not be read; what is known goes on")]
    public static partial void ControlNotRead(ILogger logger, LogLevel level, Exception error);

    [LoggerMessage(131, LogLevel.Information, "{What} goes on")]
    public static partial void GoesOn(ILogger logger, string what);

    [LoggerMessage(EventId = 130, Message = "Outcomes that callers wait for could not be read")]
    public static partial void OutcomesNotRead(ILogger logger, LogLevel level, Exception error);
}
