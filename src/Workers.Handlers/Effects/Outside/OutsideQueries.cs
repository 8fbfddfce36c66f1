using System.Text.Json;
using Workers.Engine.Control;
using Workers.Engine.Dispatch;
using Workers.Engine.Effects;
using Workers.Engine.Options;

namespace Workers.Handlers.Effects.Outside;

/// <summary>Asks handlers outside what they answer to a query, once: who waits may ask again.</summary>
internal sealed class OutsideQueries(HandlerClient client, HandlerOptions options) : IOutsideQueries
{
    public async Task<OutsideAnswer> AskAsync(NamedHandler handler, OutsideQuery query, CancellationToken cancellation)
    {
        if (options.Refuse(handler.Row.Url) is { } why)
        {
            throw new HandlerUnavailableException($"The query handler {handler.Name} is not called: {why}");
        }

        try
        {
            return await client.PostAsync(
                $"query:{handler.Name}", handler.Row, new Webhook(query.Id, "query.execute", json => Write(json, query)), Read, cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or EffectPostponed or EffectAbandoned or RetryLater or IOException)
        {
            throw new HandlerUnavailableException($"The query handler {handler.Name} cannot be asked now: {error.Message}", error);
        }
    }

    private static OutsideAnswer Read(HttpResponseMessage answer, string text)
    {
        var status = (int)answer.StatusCode;
        if (answer.IsSuccessStatusCode)
        {
            return new OutsideAnswer(status, HandlerAnswers.Result(text), null, null);
        }

        var (code, message) = HandlerAnswers.Refusal(text);
        return new OutsideAnswer(status, null, code, message);
    }

    private static void Write(Utf8JsonWriter json, OutsideQuery query)
    {
        json.WriteString("query_id", query.Id);
        json.WriteString("type", query.Type);
        json.WriteString("caller", query.Caller);
        json.WritePropertyName("data");
        json.WriteRawValue(query.Data);
    }
}
