using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Effects;

namespace Workers.Handlers.Effects.Notifications;

/// <summary>Delivers a notification: six attempts, within a day where the channel is away.</summary>
internal sealed class DeliverNotificationHandler(INotificationSender sender) : EffectHandler<DeliverNotification>
{
    public override EffectPolicy Policy { get; } = new() { Attempts = 6, Deadline = TimeSpan.FromHours(24) };

    protected override async Task<ICommand> ExecuteAsync(DeliverNotification effect, EffectContext context, CancellationToken cancellation)
    {
        var answer = await sender.SendAsync(effect, cancellation);
        return new RecordNotification { NotificationId = effect.NotificationId, Delivered = answer.Delivered, Reason = answer.Reason };
    }

    protected override ICommand GaveUp(DeliverNotification effect, string code, string reason) =>
        new RecordNotification { NotificationId = effect.NotificationId, Reason = reason };
}
