using Microsoft.Extensions.Logging;

namespace Workers.Scheduler;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Message = "Schedules could not be looked at; it is tried again in {Seconds} s")]
    public static partial void NotLookedAt(ILogger logger, LogLevel level, double seconds, Exception error);

    [LoggerMessage(2, LogLevel.Warning, "The schedule {Schedule} does not fire: {Why}")]
    public static partial void Unreadable(ILogger logger, string schedule, string why);

    [LoggerMessage(3, LogLevel.Warning, "The schedule {Schedule} was due {Seconds} s ago and nobody has said so; it is said now")]
    public static partial void Overdue(ILogger logger, string schedule, double seconds);

    [LoggerMessage(4, LogLevel.Information, "Schedules: {Count}, woken by Quartz ({Shape})")]
    public static partial void Started(ILogger logger, int count, string shape);
}
