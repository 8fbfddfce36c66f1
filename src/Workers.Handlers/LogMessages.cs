using Microsoft.Extensions.Logging;

namespace Workers.Handlers;

internal static partial class LogMessages
{
    [LoggerMessage(220, LogLevel.Warning, "Circuit of {Service} opened after {Failures} failures in a row; next call in {Wait}")]
    public static partial void CircuitOpened(ILogger logger, string service, int failures, TimeSpan wait, Exception? error);

    [LoggerMessage(221, LogLevel.Information, "Circuit of {Service} closed")]
    public static partial void CircuitClosed(ILogger logger, string service);

    [LoggerMessage(222, LogLevel.Information, "Notification {NotificationId} to {UserId} by {Channel}: {Title}")]
    public static partial void Notification(ILogger logger, string notificationId, string userId, string channel, string title);
}
