using System.Text;
using Workers.Contracts;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Dispatch;
using Workers.Engine.Log;
using Workers.Engine.Session;

namespace Workers.Engine.Commands;

/// <summary>Handlers outside that were registered for events are told of each by an effect, which is staged with the event: none is missed.</summary>
internal static class EventDeliveries
{
    public static void Stage(BatchSession session, RecordScope scope, LogRecord happened, string type, long version)
    {
        if (session.Control.EventHandlers.Outside(type) is not { } handler)
        {
            return;
        }

        var headers = happened.Headers;
        var effect = new DeliverEvent
        {
            EventId = happened.Id.ToString(),
            EventType = type,
            AggregateId = happened.Key,
            Version = version,
            AtMs = happened.TimestampMs,
            Data = Encoding.UTF8.GetString(happened.Value.Span),
            Registration = handler.Row.Taken,
            External = headers.Has(HeaderName.Origin),
            CommandId = headers.Get(HeaderName.Command),
            UserId = headers.Get(HeaderName.UserId),
            CorrelationId = headers.Get(HeaderName.CorrelationId),
        };
        session.Stage(new LogRecord
        {
            // Of the event, so that the ids of what else the command causes do not hang on who is registered.
            Id = Ids.Child(happened.Id, 1),
            Topic = Topics.Effects,
            Key = ((IEffect)effect).Key,
            TimestampMs = scope.Now.ToUnixTimeMilliseconds(),
            Headers = Outgoing.Headers(scope, nameof(DeliverEvent), null).Take(),
            Value = EffectCatalog.ToBytes(effect),
        });
    }
}
