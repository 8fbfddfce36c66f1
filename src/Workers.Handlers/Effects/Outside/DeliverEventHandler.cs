using System.Net;
using System.Text;
using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Engine.Control;
using Workers.Engine.Effects;
using Workers.Engine.Options;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Effects.Outside;

/// <summary>
/// Tells the handler of an event of it, at least once and with the event's id at every attempt, over three days; any answer but 2xx is "not yet", 410 takes
/// the handler out. Who was taken out meanwhile is not told.
/// </summary>
internal sealed class DeliverEventHandler(ControlFeed control, HandlerOptions options, HandlerClient client, SensitiveMask mask) : EffectHandler<DeliverEvent>
{
    private const string Gone = "EVENT_HANDLER_GONE";

    public override EffectPolicy Policy { get; } = new()
    {
        Attempts = 30,
        Deadline = TimeSpan.FromDays(3),
        AttemptTimeout = TimeSpan.FromMinutes(2),
        Delays =
        [
            TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
            TimeSpan.FromHours(3),
        ],
    };

    protected override async Task<ICommand> ExecuteAsync(DeliverEvent effect, EffectContext context, CancellationToken cancellation)
    {
        // Whoever has sent it knows the handler, perhaps before it is known here.
        if ((control.Current.EventHandlers.Outside(effect.EventType) ?? control.Ask().EventHandlers.Outside(effect.EventType)) is not { } handler)
        {
            return Of(effect) with { Reason = "Its handler was unregistered" };
        }

        if (options.Refuse(handler.Row.Url) is { } why)
        {
            throw new EffectAbandoned("HANDLER_NOT_FOUND", $"The event handler {handler.Name} is not called: {why}");
        }

        return await client.PostAsync(
            $"event:{handler.Name}", handler.Row, new Webhook(effect.EventId, effect.EventType, json => Write(json, effect, context.Attempt)),
            (answer, _) => answer switch
            {
                { IsSuccessStatusCode: true } => Of(effect) with { Delivered = true },
                { StatusCode: HttpStatusCode.Gone } => throw new EffectAbandoned(Gone, $"The event handler {handler.Name} answered 410: it wants no more"),
                _ => throw new InvalidOperationException($"The event handler {handler.Name} answered {(int)answer.StatusCode}"),
            },
            cancellation);
    }

    protected override ICommand GaveUp(DeliverEvent effect, string code, string reason) => Of(effect) with { Reason = reason, Gone = code == Gone };

    private void Write(Utf8JsonWriter json, DeliverEvent effect, int attempt)
    {
        json.WriteString("event_id", effect.EventId);
        json.WriteString("type", effect.EventType);
        json.WriteString("aggregate_id", effect.AggregateId);
        if (effect.Version > 0)
        {
            json.WriteNumber("version", effect.Version);
        }

        json.WriteString("at", DateTimeOffset.FromUnixTimeMilliseconds(effect.AtMs).UtcDateTime);
        json.WriteNumber("attempt", attempt);
        if (effect.External)
        {
            json.WriteString("origin", OpenEvents.External);
        }

        json.WriteString("command_id", effect.CommandId);
        json.WriteString("user_id", effect.UserId);
        json.WriteString("correlation_id", effect.CorrelationId);
        json.WritePropertyName("data");
        json.WriteRawValue(mask.Apply(Encoding.UTF8.GetBytes(effect.Data), EventCatalog.Find(effect.EventType)?.Type));
    }

    private static RecordEventDelivery Of(DeliverEvent effect) => new()
    {
        DeliveryKey = ((IEffect)effect).Key,
        EventId = effect.EventId,
        EventType = effect.EventType,
        Registration = effect.Registration,
    };
}
