using Workers.Contracts.Effects;

namespace Workers.Handlers.Effects.Notifications;

/// <summary>Hands a notification to its channel. What leaves as an exception is tried again with the same id.</summary>
public interface INotificationSender
{
    Task<SendAnswer> SendAsync(DeliverNotification notification, CancellationToken cancellation);
}

/// <param name="Delivered">It was taken.</param>
/// <param name="Reason">Why it will never be, for people.</param>
public sealed record SendAnswer(bool Delivered, string? Reason = null);
