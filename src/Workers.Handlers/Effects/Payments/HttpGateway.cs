using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Workers.Contracts.Effects;
using Workers.Handlers.Effects.Services;

namespace Workers.Handlers.Effects.Payments;

/// <summary>
/// A gateway over HTTP: <c>POST {Url}/charges</c> and <c>/refunds</c>, JSON in snake_case with amounts as numbers, <c>Idempotency-Key</c>, the secret as
/// bearer token. A 2xx says <c>{"status":"approved"|"declined","reference":…,"reason":…}</c>; 400, 402 and 422 decline; 408, 409, 425, 429 and 5xx are
/// asked again; anything else is a mistake in the configuration and is asked again too, until the time for it is over.
/// </summary>
internal sealed class HttpGateway : IPaymentGateway, IDisposable
{
    private readonly HttpClient _http;
    private readonly string _name;
    private readonly TimeProvider _clock;

    public HttpGateway(string name, Uri url, string secret, TimeProvider clock)
    {
        (_name, _clock) = (name, clock);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
        {
            BaseAddress = new Uri(url.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan, // the service's pipeline has one
            MaxResponseContentBufferSize = 64 << 10,
        };
        if (secret.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        }
    }

    public ValueTask<GatewayAnswer> ChargeAsync(string idempotencyKey, ChargePayment charge, CancellationToken cancellation) => PostAsync(
        "charges", idempotencyKey,
        new ChargeRequest(
            charge.PaymentId, charge.Amount, charge.Currency, charge.PaymentMethod, charge.UserId, charge.OrderId, charge.Description),
        GatewayJson.Default.ChargeRequest, cancellation);

    public ValueTask<GatewayAnswer> RefundAsync(string idempotencyKey, RefundCharge refund, CancellationToken cancellation) => PostAsync(
        "refunds", idempotencyKey,
        new RefundRequest(refund.PaymentId, refund.RefundId, refund.Amount, refund.Currency, refund.GatewayReference, refund.Reason),
        GatewayJson.Default.RefundRequest, cancellation);

    public void Dispose() => _http.Dispose();

    private async ValueTask<GatewayAnswer> PostAsync<T>(string path, string key, T body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };
        request.Headers.Add("Idempotency-Key", HttpAnswers.HeaderText(key));
        using var answer = await _http.SendAsync(request, cancellation);
        HttpAnswers.ThrowIfBusy(answer, _name, _clock.GetUtcNow());
        if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.PaymentRequired or HttpStatusCode.UnprocessableEntity)
        {
            var said = await ReadAsync(answer, cancellation);
            return new GatewayAnswer(false, said?.Reference, said?.Reason ?? $"{_name} answered {(int)answer.StatusCode}");
        }

        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{_name} answered {(int)answer.StatusCode}: check Workers:Gateways:{_name}");
        }

        return await ReadAsync(answer, cancellation) switch
        {
            { Status: "approved" } reply => new GatewayAnswer(true, reply.Reference),
            { Status: "declined" } reply => new GatewayAnswer(false, reply.Reference, reply.Reason ?? $"{_name} declined"),
            _ => throw new InvalidDataException($"{_name} answered {(int)answer.StatusCode} without a status of approved or declined"),
        };
    }

    private static async Task<GatewayReply?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(GatewayJson.Default.GatewayReply, cancellation);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
