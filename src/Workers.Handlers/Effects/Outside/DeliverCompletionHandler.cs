using System.Net;
using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Control;
using Workers.Engine.Effects;
using Workers.Engine.Encryption;
using Workers.Engine.Options;
using Workers.Handlers.Effects.Services;
using Workers.Handlers.Effects.Webhooks;

namespace Workers.Handlers.Effects.Outside;

/// <summary>
/// Posts a command's end to a subscription; <c>webhook-id</c> is the delivery's id, at every attempt. 2xx: delivered; 410: nothing is delivered there any more; all else is
/// tried again for a day (<c>Retry-After</c> counts). What a subscription that is gone, or no longer at an allowed host, was to be told is not.
/// </summary>
internal sealed class DeliverCompletionHandler(ControlFeed control, HandlerOptions options, ServicePipelines services, WebhookPost post, DataCipher cipher, TimeProvider clock)
    : EffectHandler<DeliverCompletion>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public override EffectPolicy Policy { get; } = new()
    {
        Attempts = 9,
        Delays =
        [
            TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
            TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        ],
    };

    protected override async Task<ICommand> ExecuteAsync(DeliverCompletion effect, EffectContext context, CancellationToken cancellation)
    {
        // Whoever has sent it knows the subscription, perhaps before it is known here.
        var result = Of(effect) with { Attempts = context.Attempt };
        if ((control.Current.Subscription(effect.SubscriptionId) ?? control.Ask().Subscription(effect.SubscriptionId)) is not { Active: true } row)
        {
            return result with { Message = "The subscription was deleted or disabled", Attempts = context.Attempt - 1 };
        }

        if (options.Refuse(row.Url) is { } why)
        {
            return result with { Message = why, Attempts = context.Attempt - 1 };
        }

        var status = await services.Get($"subscription:{row.Id}", Limit).CallAsync(token => PostAsync(effect, row, token), cancellation);
        return status == HttpStatusCode.Gone
            ? result with { Status = (int)status, Gone = true, Message = "The receiver answered 410: it wants no more" }
            : result with { Status = (int)status, Delivered = true };
    }

    protected override ICommand GaveUp(DeliverCompletion effect, string code, string reason) =>
        Of(effect) with { Attempts = Policy.Attempts, Message = reason };

    private async ValueTask<HttpStatusCode> PostAsync(DeliverCompletion effect, SubscriptionRow row, CancellationToken cancellation)
    {
        using var answer = await post.SendAsync(row.Url, effect.DeliveryId, row.Secret is { } secret ? cipher.Text(secret) : null, Body(effect), cancellation);
        HttpAnswers.ThrowIfBusy(answer, "The receiver", clock.GetUtcNow());
        return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Gone
            ? answer.StatusCode
            : throw new InvalidOperationException($"The receiver answered {(int)answer.StatusCode}");
    }

    private byte[] Body(DeliverCompletion effect)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", effect.Event);
            json.WriteString("timestamp", clock.GetUtcNow().UtcDateTime);
            json.WritePropertyName("data");
            json.WriteRawValue(effect.Data);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static RecordDelivery Of(DeliverCompletion effect) => new()
    {
        DeliveryId = effect.DeliveryId,
        SubscriptionId = effect.SubscriptionId,
        TargetId = effect.CommandId,
        TargetType = effect.CommandType,
        Event = effect.Event,
        Redeliveries = effect.Redeliveries,
    };
}
