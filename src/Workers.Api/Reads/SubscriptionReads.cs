using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>Who is told by webhook when commands end, and what was delivered. Nothing here has a secret.</summary>
internal sealed class SubscriptionReads(ControlFeed control, StateReaders readers)
{
    private const string Kind = "delivery";
    private const string EffectsGroup = "effects";
    private const int MostPending = 1_000;

    public Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only();
        var all = control.Current.Subscriptions;
        var pending = Pending(null).CountBy(delivery => delivery.Effect.SubscriptionId).ToDictionary();
        return JsonList.SendAsync(
            http, [.. all.Skip(query.Offset).Take(query.Limit)], null, (writer, row) => Write(writer, row, pending.GetValueOrDefault(row.Id)), all.Count);
    }

    public Task OneAsync(HttpContext http)
    {
        var row = Find(http);
        using var json = JsonAnswer.Rent();
        Write(json.Writer, row, Pending(row.Id).Count);
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>What is being delivered, then what has ended, newest first.</summary>
    public Task DeliveriesAsync(HttpContext http)
    {
        var row = Find(http);
        var query = new ListQuery(http.Request.Query).Only();
        var (limit, before) = (query.Limit, Cursors.Read(query.Cursor));
        using var loan = readers.Rent();
        var ended = loan.Reader.ByLabel(Kind, row.Id, before, limit);
        var next = ended.Count == limit ? Cursors.Of(ended[^1].UpdatedMs, ended[^1].Key.Id) : null;
        List<Action<Utf8JsonWriter>> items =
        [
            .. (before is null ? Pending(row.Id) : []).Select(delivery => (Action<Utf8JsonWriter>)(writer => WritePending(writer, delivery))),
            .. ended.Where(one => !IsPending(one.Row)).Select(one => (Action<Utf8JsonWriter>)(writer => writer.WriteRawValue(one.Row.Data.Span, skipInputValidation: true))),
        ];
        return JsonList.SendAsync(http, items, next, (writer, write) => write(writer));
    }

    /// <summary>The subscription of the path.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public SubscriptionRow Find(HttpContext http)
    {
        var id = Paths.Ours(http, "Subscription").ToString();
        return control.Current.Subscription(id) ?? control.Ask().Subscription(id) ?? throw new ProblemException(Problem.NotFound("Subscription"));
    }

    /// <summary>The path's delivery as it ended; null where it has not, or there is none.</summary>
    public JsonElement? Ended(HttpContext http, SubscriptionRow subscription)
    {
        if (DeliveryOf(http) is not { } id)
        {
            return null;
        }

        using var loan = readers.Rent();
        var found = new Dictionary<StateKey, StateRow>(1);
        loan.Reader.FindStates([new StateKey(Kind, id)], found);
        if (found.Count == 0)
        {
            return null;
        }

        using var document = JsonDocument.Parse(found.Values.First().Data);
        var root = document.RootElement;
        return root.GetProperty("subscription_id").GetString() == subscription.Id ? root.Clone() : null;
    }

    public bool IsPending(HttpContext http, SubscriptionRow subscription) =>
        DeliveryOf(http) is { } id && Pending(subscription.Id).Any(delivery => delivery.Effect.DeliveryId == id);

    private static string? DeliveryOf(HttpContext http) => Guid.TryParse((string?)http.Request.RouteValues["delivery"], out var id) ? id.ToString() : null;

    // Made again: it is among those that are being delivered.
    private static bool IsPending(StateRow row) => row.Data.Span.IndexOf("\"state\":\"PENDING\""u8) >= 0;

    private List<(DeliverCompletion Effect, ParkedRow Row)> Pending(string? subscription)
    {
        using var loan = readers.Rent();
        return
        [
            .. loan.Reader.ParkedRows(EffectsGroup, MostPending, (_, row) => row.Record.Headers.Get(HeaderName.Type) == nameof(DeliverCompletion) ? row : null)
                .OfType<ParkedRow>()
                .Select(row => (Effect: (DeliverCompletion)EffectCatalog.Read(EffectCatalog.Find(nameof(DeliverCompletion))!, row.Record.Value.Span), row))
                .Where(pair => subscription is null || pair.Effect.SubscriptionId == subscription),
        ];
    }

    private static void Write(Utf8JsonWriter writer, SubscriptionRow row, int pending)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("subscription_id"u8, row.Id);
        writer.WriteString("url"u8, row.Url);
        writer.WriteTexts("types", row.Types);
        writer.WriteTexts("states", row.States);
        writer.WriteBoolean("active"u8, row.Active);
        writer.WriteText("reason", row.Reason);
        writer.WriteString("created_by"u8, row.By);
        writer.WriteTime("created_at", row.AtMs);
        writer.WriteNumber("pending"u8, pending);
        writer.WriteStartObject("links"u8);
        writer.WriteString("deliveries"u8, $"/api/v1/commands/subscriptions/{row.Id}/deliveries");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WritePending(Utf8JsonWriter writer, (DeliverCompletion Effect, ParkedRow Row) delivery)
    {
        var (effect, row) = delivery;
        writer.WriteStartObject();
        writer.WriteString("delivery_id"u8, effect.DeliveryId);
        writer.WriteString("subscription_id"u8, effect.SubscriptionId);
        writer.WriteString("command_id"u8, effect.CommandId);
        writer.WriteString("command_type"u8, effect.CommandType);
        writer.WriteString("event"u8, effect.Event);
        writer.WriteString("state"u8, "PENDING"u8);
        writer.WriteNumber("attempts"u8, row.Attempts);
        writer.WriteText("message", row.Error);
        writer.WriteNumber("redeliveries"u8, effect.Redeliveries ?? 0);
        writer.WriteTime("next_attempt_at", row.DueMs);
        writer.WriteEndObject();
    }
}
