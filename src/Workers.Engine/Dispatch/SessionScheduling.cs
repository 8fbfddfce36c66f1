using MassTransit;
using MassTransit.Context;
using MassTransit.Scheduling;
using Workers.Engine.Dispatch.Contexts;

namespace Workers.Engine.Dispatch;

/// <summary>Gives each message a scheduler that stages timers: Schedule and Unschedule of a saga, ScheduleSend and SchedulePublish of a consumer.</summary>
internal static class SessionScheduling
{
    private static readonly MessageSchedulerFactory Make = context =>
        new MessageScheduler(new Provider((LogReceiveContext)context.ReceiveContext), context.GetPayload<IBusTopology>());

    public static MessageSchedulerContext Of(ConsumeContext context) => new ConsumeMessageSchedulerContext(context, Make);

    private sealed class Provider(LogReceiveContext receive) : IScheduleMessageProvider
    {
        public async Task<ScheduledMessage<T>> ScheduleSend<T>(
            Uri destinationAddress, DateTime scheduledTime, T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
            where T : class
        {
            // The second argument makes a repeated attempt give the same token; a message type may have a rule of its own for it.
            var token = ScheduleTokenIdCache<T>.GetTokenId(message, receive.Session.Scope.NextId());
            var due = new DateTimeOffset(scheduledTime.ToUniversalTime());
            await new LogSendEndpoint(receive, destinationAddress).SendAt(message, pipe, due, token, cancellationToken).ConfigureAwait(false);
            return new ScheduledMessageHandle<T>(token, scheduledTime, destinationAddress, message);
        }

        public Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken)
        {
            receive.Session.CancelTimer(tokenId);
            return Task.CompletedTask;
        }

        public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
            CancelScheduledSend(tokenId, cancellationToken);
    }
}
