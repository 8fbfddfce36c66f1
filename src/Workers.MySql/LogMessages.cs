using Microsoft.Extensions.Logging;

namespace Workers.MySql;

internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Opened the state store in {Database}.")]
    internal static partial void Opened(ILogger logger, string database);

    [LoggerMessage(2, LogLevel.Information, "Made database {Database}.")]
    internal static partial void Made(ILogger logger, string database);

    [LoggerMessage(3, LogLevel.Information, "Applied migration {Migration} to {Database}.")]
    internal static partial void Migrated(ILogger logger, string migration, string database);

    [LoggerMessage(4, LogLevel.Warning, "Trimming outcomes in {Database} failed; it is tried again.")]
    internal static partial void TrimFailed(ILogger logger, Exception exception, string database);

    [LoggerMessage(5, LogLevel.Warning, "Nothing keeps events in {Database} from being changed by hand, since the account may not make triggers: {Reason}")]
    internal static partial void EventsNotGuarded(ILogger logger, string database, string reason);
}
