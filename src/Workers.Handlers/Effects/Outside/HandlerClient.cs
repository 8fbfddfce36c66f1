using System.Net;
using System.Text;
using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Control;
using Workers.Engine.Effects;
using Workers.Engine.Encryption;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Effects.Services;
using Workers.Handlers.Effects.Webhooks;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Effects.Outside;

/// <summary>
/// Posts commands, queries and events to their handlers as Standard Webhooks; <c>webhook-id</c> is the id of what is told, at every attempt. To a command 2xx says
/// that it is executed, the body is the result; 410: the handler wants no more; any other 4xx: refused. 408, 409, 425, 429 and 5xx are tried again
/// (<c>Retry-After</c> counts), as is what never answers. Redirects are not followed.
/// </summary>
internal sealed class HandlerClient(ServicePipelines services, WebhookPost post, DataCipher cipher, SensitiveMask mask, TimeProvider clock)
{
    /// <summary>The name of a handler's circuit.</summary>
    public static string CircuitOf(string handler) => $"handler:{handler}";

    public Task<RecordHandled> CallAsync(CallHandler effect, HandlerRow handler, int attempt, CancellationToken cancellation) => PostAsync(
        CircuitOf(effect.Handler), handler, new Webhook(effect.CommandId, "command.execute", json => Write(json, effect, attempt, cipher.Reveal(Encoding.UTF8.GetBytes(effect.Data), TypeOf(effect)))),
        (answer, text) => Handled(effect, answer, text), cancellation);

    /// <summary>Calls by the circuit of that name; the time is the registration's, whose end is a <see cref="TimeoutException"/>.</summary>
    /// <param name="circuit">Its name, such as <c>handler:reports</c>.</param>
    /// <param name="handler">Where it is.</param>
    /// <param name="webhook">What it is told.</param>
    /// <param name="read">What its answer means; not called where that says "not now".</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<T> PostAsync<T>(string circuit, HandlerRow handler, Webhook webhook, Func<HttpResponseMessage, string, T> read, CancellationToken cancellation)
    {
        var who = $"The {circuit.Replace(':', ' ')}";
        return services.Get(circuit, TimeSpan.FromMinutes(1)).CallAsync(
            async token =>
            {
                // The registration's own limit, which may change, within the circuit's.
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
                limit.CancelAfter(TimeSpan.FromMilliseconds(handler.TimeoutMs));
                try
                {
                    var now = clock.GetUtcNow();
                    var secret = handler.Secret is { } kept ? cipher.Text(kept) : null;
                    using var answer = await post.SendAsync(handler.Url!, webhook.Id, secret, webhook.Body(now), limit.Token);
                    HttpAnswers.ThrowIfBusy(answer, who, now);
                    return read(answer, await WebhookPost.ReadAsync(answer, who, limit.Token));
                }
                catch (OperationCanceledException) when (!token.IsCancellationRequested)
                {
                    throw new TimeoutException($"{who} did not answer in {handler.TimeoutMs} ms");
                }
            },
            cancellation);
    }

    private RecordHandled Handled(CallHandler effect, HttpResponseMessage answer, string text)
    {
        var (status, result) = ((int)answer.StatusCode, CallHandlerHandler.Of(effect) with { Status = (int)answer.StatusCode });
        return answer switch
        {
            { IsSuccessStatusCode: true } => result with { Outcome = CommandState.Succeeded.Name(), Result = Masked(effect, HandlerAnswers.Result(text)) },
            { StatusCode: HttpStatusCode.Gone } => throw new EffectAbandoned(CallHandlerHandler.Gone, $"The handler {effect.Handler} answered 410: it wants no more"),
            _ when status is >= 400 and < 500 => Refused(result, text),
            _ => throw new InvalidOperationException($"The handler {effect.Handler} answered {status}"),
        };
    }

    // It was told everything, and a handler that only echoes it would have it written down for all who read results.
    private string? Masked(CallHandler effect, string? result) =>
        result is null ? null : Encoding.UTF8.GetString(mask.ApplyAny(Encoding.UTF8.GetBytes(result), TypeOf(effect)));

    private static Type? TypeOf(CallHandler effect) => CommandCatalog.Find(effect.CommandType)?.Type;

    private static RecordHandled Refused(RecordHandled result, string text)
    {
        var (code, message) = HandlerAnswers.Refusal(text);
        return result with
        {
            Outcome = CommandState.Failed.Name(),
            Code = code ?? "REFUSED",
            Message = message ?? $"The handler {result.Handler} answered {result.Status}",
        };
    }

    private static void Write(Utf8JsonWriter json, CallHandler effect, int attempt, ReadOnlySpan<byte> data)
    {
        json.WriteString("command_id", effect.CommandId);
        json.WriteString("type", effect.CommandType);
        json.WriteString("key", effect.CommandKey);
        json.WriteString("submitted_at", DateTimeOffset.FromUnixTimeMilliseconds(effect.SubmittedMs).UtcDateTime);
        json.WriteNumber("attempt", attempt);
        json.WriteString("user_id", effect.UserId);
        json.WriteString("correlation_id", effect.CorrelationId);
        json.WritePropertyName("data");
        json.WriteRawValue(data);
    }
}
