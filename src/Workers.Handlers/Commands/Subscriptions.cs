using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>Who is told by webhook when commands end, and the log of what was delivered.</summary>
internal static class Subscriptions
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public static void Register(HandlerList handlers) => handlers
        .On<CreateSubscription>(null, Create)
        .On<DeleteSubscription>(null, Delete)
        .On<DisableSubscription>(null, Disable)
        .On<RecordDelivery>(Delivery.Kind, Record)
        .On<Redeliver>(Delivery.Kind, Again)
        .On<ForgetDelivery>(Delivery.Kind, Forget);

    private static Reply Create(CreateSubscription command, CommandContext context)
    {
        var row = new SubscriptionRow(
            command.SubscriptionId, command.Url, command.Types ?? [], command.States ?? [], command.Secret, Active: true, command.Reason, context.Caller, Ms(context));
        var write = ControlData.Write(row);
        context.Write(write);
        context.Announce(new SubscriptionCreated { SubscriptionId = row.Id, Reason = command.Reason, After = ControlAnswers.Members(write.Data) });
        return Reply.Ok(
            ControlAnswers.Bytes(json =>
            {
                json.WriteString("id", row.Id);
                json.WriteString("subscription_id", row.Id);
                json.WriteString("url", row.Url);
                ControlAnswers.Write(json, "types", row.Types);
                ControlAnswers.Write(json, "states", row.States);
                json.WriteBoolean("active", true);
                json.WriteString("created_at", context.Now.UtcDateTime);
            }),
            201);
    }

    private static Reply Delete(DeleteSubscription command, CommandContext context)
    {
        if (context.FindControl(ControlKinds.Subscription, command.SubscriptionId) is not { } stored)
        {
            return Reply.Refused(Refusal.NotFoundCode, "Subscription not found", 404);
        }

        context.Write(new ControlWrite(ControlKinds.Subscription, command.SubscriptionId, Ms(context), null));
        context.Announce(new SubscriptionDeleted { SubscriptionId = command.SubscriptionId, Reason = command.Reason, Before = ControlAnswers.Members(stored) });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("subscription_id", command.SubscriptionId);
            json.WriteBoolean("deleted", true);
        }));
    }

    private static Reply Disable(DisableSubscription command, CommandContext context)
    {
        if (context.FindControl(ControlKinds.Subscription, command.SubscriptionId) is { } stored
            && ControlData.ReadSubscription(new ControlRow(ControlKinds.Subscription, command.SubscriptionId, 0, 0, stored)) is { Active: true } row)
        {
            context.Write(ControlData.Write(row with { Active = false, Reason = command.Reason }));
            context.Announce(new SubscriptionDisabled { SubscriptionId = command.SubscriptionId, Reason = command.Reason });
        }

        return Reply.Ok("{}"u8.ToArray());
    }

    private static Reply Record(RecordDelivery command, CommandContext context)
    {
        var before = context.Load(Aggregates.Delivery, command.DeliveryId);
        var delivery = new Delivery(
            command.DeliveryId, command.SubscriptionId, command.TargetId, command.TargetType, command.Event,
            command.Delivered ? Delivery.Delivered : Delivery.Failed, command.Attempts ?? 0, command.Status, command.Message, command.Redeliveries ?? 0, context.Now);
        context.Put(Aggregates.Delivery, command.DeliveryId, delivery, command.SubscriptionId);
        if (before is null)
        {
            context.Send(new ForgetDelivery { DeliveryId = command.DeliveryId }, Kept);
        }

        if (command.Gone)
        {
            context.SendForAll(new DisableSubscription { SubscriptionId = command.SubscriptionId, Reason = command.Message });
        }

        return Reply.Ok("{}"u8.ToArray());
    }

    private static Reply Again(Redeliver command, CommandContext context)
    {
        if (context.Load(Aggregates.Delivery, command.DeliveryId) is not { } delivery)
        {
            return Reply.Refused(Refusal.NotFoundCode, "Delivery not found", 404);
        }

        if (delivery.State == Delivery.Pending)
        {
            return Reply.Refused("INVALID_STATE", "It is being delivered");
        }

        var next = delivery with { State = Delivery.Pending, Redeliveries = delivery.Redeliveries + 1, At = context.Now };
        context.Put(Aggregates.Delivery, command.DeliveryId, next, next.SubscriptionId);
        context.Call(new DeliverCompletion
        {
            DeliveryId = next.DeliveryId,
            SubscriptionId = next.SubscriptionId,
            CommandId = next.CommandId,
            CommandType = next.CommandType,
            Event = next.Event,
            Data = command.Data,
            Redeliveries = next.Redeliveries,
        });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("delivery_id", next.DeliveryId);
            json.WriteString("state", next.State);
        }));
    }

    private static Reply Forget(ForgetDelivery command, CommandContext context)
    {
        if (context.Load(Aggregates.Delivery, command.DeliveryId) is { } delivery)
        {
            // It may have been made again since.
            var left = delivery.At + Kept - context.Now;
            if (left > TimeSpan.Zero)
            {
                context.Send(command, left);
            }
            else
            {
                context.Put(Aggregates.Delivery, command.DeliveryId, null);
            }
        }

        return Reply.Ok("{}"u8.ToArray());
    }

    private static long Ms(CommandContext context) => context.Now.ToUnixTimeMilliseconds();
}
