using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;

namespace Workers.Handlers.Commands;

internal static class Notifications
{
    public static void Register(HandlerList handlers) => handlers
        .On<SendNotification>(Notification.Kind, Send)
        .On<RecordNotification>(Notification.Kind, (c, x) => x.Do(
            Aggregates.Notification, c.NotificationId, c, NotificationRules.Decide(x.Load(Aggregates.Notification, c.NotificationId), c), 200));

    private static Reply Send(SendNotification command, CommandContext context)
    {
        var decision = NotificationRules.Decide(context.Load(Aggregates.Notification, command.NotificationId), command);
        var reply = context.Do(Aggregates.Notification, command.NotificationId, command, decision, 201);
        foreach (var asked in decision.Events.OfType<NotificationRequested>())
        {
            context.Call(new DeliverNotification
            {
                NotificationId = asked.NotificationId,
                UserId = asked.UserId,
                Channel = asked.Channel,
                Title = asked.Title,
                Message = asked.Message,
                Type = asked.Type,
                Priority = asked.Priority,
                Metadata = asked.Metadata,
            });
        }

        return reply;
    }
}
