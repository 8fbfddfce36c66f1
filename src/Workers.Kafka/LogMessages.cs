using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Workers.Kafka;

internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Made topic {Topic} with {Partitions} partitions.")]
    internal static partial void TopicMade(ILogger logger, string topic, int partitions);

    [LoggerMessage(2, LogLevel.Error, "A client of Kafka cannot go on and is replaced: {Code}: {Reason}")]
    internal static partial void ClientFailed(ILogger logger, ErrorCode code, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Kafka cannot be reached; it is tried again: {Code}: {Reason}")]
    internal static partial void BrokersAway(ILogger logger, ErrorCode code, string reason);

    [LoggerMessage(4, LogLevel.Debug, "Kafka client: {Code}: {Reason}")]
    internal static partial void ClientTrouble(ILogger logger, ErrorCode code, string reason);

    [LoggerMessage(5, LogLevel.Debug, "{Client} {Facility}: {Text}")]
    internal static partial void ClientSaid(ILogger logger, string client, string facility, string text);

    [LoggerMessage(EventId = 7, Message = "Group {Group} was given {Partitions}")]
    internal static partial void Took(ILogger logger, LogLevel level, string group, string partitions);

    [LoggerMessage(8, LogLevel.Warning, "Group {Group} gave up partitions that were not released in time: {Partitions}")]
    internal static partial void NotReleased(ILogger logger, string group, string partitions);

    [LoggerMessage(9, LogLevel.Warning, "Reading {Partition} failed; it is tried again: {Cause}")]
    internal static partial void ReadFailed(ILogger logger, string partition, string cause);

    [LoggerMessage(10, LogLevel.Debug, "The position in {Partition} was not told to Kafka")]
    internal static partial void NotPassed(ILogger logger, string partition, Exception error);

    [LoggerMessage(11, LogLevel.Warning, "Several records could not be appended as one; their callers were told: {Cause}")]
    internal static partial void BatchFailed(ILogger logger, string cause);

    [LoggerMessage(12, LogLevel.Error, "The reader of {Group} failed; it joins anew")]
    internal static partial void ReaderFailed(ILogger logger, string group, Exception error);
}
