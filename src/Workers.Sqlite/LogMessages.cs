using Microsoft.Extensions.Logging;

namespace Workers.Sqlite;

internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Error, "A commit to {File} failed; {Appends} appends and {Jobs} jobs were told.")]
    internal static partial void CommitFailed(ILogger logger, Exception exception, string file, int appends, int jobs);

    [LoggerMessage(2, LogLevel.Information, "Opened {File}: {Records} records so far, {Bytes} bytes of log kept.")]
    internal static partial void Opened(ILogger logger, string file, long records, long bytes);

    [LoggerMessage(3, LogLevel.Information, "Applied migration {Migration} to {File}.")]
    internal static partial void Migrated(ILogger logger, string migration, string file);

    [LoggerMessage(4, LogLevel.Warning, "Trimming the log in {File} failed; it is tried again.")]
    internal static partial void TrimFailed(ILogger logger, Exception exception, string file);

    [LoggerMessage(5, LogLevel.Warning, "The write-ahead log of {File} could not be copied back ({Reason}); it grows until it can.")]
    internal static partial void CheckpointFailed(ILogger logger, string file, string reason);

    [LoggerMessage(EventId = 6, Message = "The log in {File} keeps everything until it is known how far it was read: {Cause}")]
    internal static partial void TrimWaits(ILogger logger, LogLevel level, string file, string cause);

    [LoggerMessage(7, LogLevel.Information, "It is known again how far the log in {File} was read.")]
    internal static partial void TrimGoesOn(ILogger logger, string file);

    [LoggerMessage(8, LogLevel.Warning, "{Sentence}")]
    internal static partial void LeftOut(ILogger logger, string sentence);
}
