using Microsoft.Extensions.Logging;

namespace Workers.Handlers;

internal static partial class LogMessages
{
    [LoggerMessage(220, LogLevel.Warning, "Circuit of {Service} opened after {Failures} failures in a row; next call in {Wait}: {Cause}")]
    public static partial void CircuitOpened(ILogger logger, string service, int failures, TimeSpan wait, string cause);

    [LoggerMessage(221, LogLevel.Information, "Circuit of {Service} closed")]
    public static partial void CircuitClosed(ILogger logger, string service);

    [LoggerMessage(222, LogLevel.Information, "Notification {NotificationId} to {UserId} by {Channel}: {Title}")]
    public static partial void Notification(ILogger logger, string notificationId, string userId, string channel, string title);

    [LoggerMessage(223, LogLevel.Warning, "That the circuit of {Service} has changed could not be told to the others: {Cause}")]
    public static partial void CircuitNotTold(ILogger logger, string service, string cause);

    [LoggerMessage(225, LogLevel.Information, "The audit trail's days from {From} to {To} are deleted now: {Entries} entries that are older than {Days} days")]
    public static partial void AuditTrimming(ILogger logger, string from, string to, long entries, int days);

    [LoggerMessage(226, LogLevel.Information, "{Entries} entries of the audit trail before {Before} were deleted")]
    public static partial void AuditTrimmed(ILogger logger, long entries, string before);

    [LoggerMessage(227, LogLevel.Warning, "{Count} days of the audit trail from {From} on are kept for now: by the clock it is {Today} and they are older than {Days} days, but the trail has not gone on for as long; is the clock right?")]
    public static partial void AuditKeptLonger(ILogger logger, int count, string from, string today, int days);

    [LoggerMessage(EventId = 224, Message = "The snapshot of the commands' figures is late; it is tried again")]
    public static partial void SnapshotLate(ILogger logger, LogLevel level, Exception error);
}
