using Microsoft.Extensions.Logging;
using Workers.Contracts.Effects;

namespace Workers.Handlers.Effects.Notifications;

/// <summary>Writes a line in the program's log, without the message.</summary>
internal sealed class LogSender(ILogger<LogSender> log) : INotificationSender
{
    public Task<SendAnswer> SendAsync(DeliverNotification notification, CancellationToken cancellation)
    {
        LogMessages.Notification(log, notification.NotificationId, notification.UserId, notification.Channel, notification.Title);
        return Task.FromResult(new SendAnswer(true));
    }
}
