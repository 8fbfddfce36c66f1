using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Workers.Contracts.Effects;
using Workers.Engine.Options;
using Workers.Handlers.Effects.Services;
using Workers.Handlers.Effects.Webhooks;

namespace Workers.Handlers.Effects.Notifications;

/// <summary>
/// Posts notifications as Standard Webhooks: <c>webhook-id</c> is the notification's id, at every attempt. 2xx is delivered, 410 never will be;
/// 408, 409, 425, 429 and 5xx are tried again (<c>Retry-After</c> counts), as is anything else until attempts are used up. Redirects are not followed.
/// </summary>
internal sealed class WebhookSender : INotificationSender, IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly WebhookSigner _signer;
    private readonly ServicePipeline _service;
    private readonly TimeProvider _clock;

    public WebhookSender(NotificationOptions options, ServicePipelines services, TimeProvider clock)
    {
        (_url, _clock) = (new Uri(options.Url), clock);
        _signer = new WebhookSigner(options.Secret, options.PreviousSecret);
        _service = services.Get("notifications", options.Timeout);

        // A proxy would connect in our place, to wherever it may.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) };
        if (!options.AllowPrivateAddresses)
        {
            handler.ConnectCallback = PublicAddresses.ConnectAsync;
        }

        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 64 << 10 };
    }

    public async Task<SendAnswer> SendAsync(DeliverNotification notification, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new WebhookBody("notification", notification), WebhookJson.Default.WebhookBody);
        try
        {
            return await _service.CallAsync(token => PostAsync(notification.NotificationId, body, token), cancellation);
        }
        catch (HttpRequestException error) when (error.InnerException is AddressRefused refused)
        {
            return new SendAnswer(false, refused.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<SendAnswer> PostAsync(string id, byte[] body, CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow();
        var name = HttpAnswers.HeaderText(id);
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("webhook-id", name);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (_signer.Signs)
        {
            request.Headers.Add("webhook-signature", _signer.Sign(name, now.ToUnixTimeSeconds(), body));
        }

        using var answer = await _http.SendAsync(request, cancellation);
        HttpAnswers.ThrowIfBusy(answer, "The webhook", now);
        return answer switch
        {
            { IsSuccessStatusCode: true } => new SendAnswer(true),
            { StatusCode: HttpStatusCode.Gone } => new SendAnswer(false, "The webhook answered 410: it wants no more"),
            _ => throw new InvalidOperationException($"The webhook answered {(int)answer.StatusCode}"),
        };
    }
}

internal sealed record WebhookBody(string Type, DeliverNotification Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookBody))]
internal sealed partial class WebhookJson : JsonSerializerContext;
