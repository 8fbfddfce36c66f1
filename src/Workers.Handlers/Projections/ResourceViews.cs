using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Domain.Views;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Handlers.Projections;

/// <summary>Resources as callers see them, from their stored states.</summary>
public sealed class ResourceViews : IResourceViews
{
    public bool TryWrite(string noun, StateRow row, Utf8JsonWriter writer)
    {
        switch (Read(noun, row))
        {
            case User { Deleted: false } user:
                UserView.Write(writer, user, row.Version);
                return true;
            case Order { Deleted: false } order:
                OrderView.Write(writer, order, row.Version);
                return true;
            case Payment { Deleted: false } payment:
                PaymentView.Write(writer, payment, row.Version);
                return true;
            case Product { Deleted: false } product:
                ProductView.Write(writer, product, row.Version);
                return true;
            case Notification notification:
                NotificationView.Write(writer, notification, row.Version);
                return true;
            default:
                return false;
        }
    }

    public StateRow? Fold(string noun, IEnumerable<EventRow> events) => noun switch
    {
        "user" => Fold(events, DomainJson.Default.User),
        "order" => Fold(events, DomainJson.Default.Order),
        "payment" => Fold(events, DomainJson.Default.Payment),
        "product" => Fold(events, DomainJson.Default.Product),
        _ => null,
    };

    public bool IsDeleted(string noun, StateRow row) => Read(noun, row) switch
    {
        User user => user.Deleted,
        Order order => order.Deleted,
        Payment payment => payment.Deleted,
        Product product => product.Deleted,
        _ => false,
    };

    private static StateRow? Fold<T>(IEnumerable<EventRow> events, JsonTypeInfo<T> json)
        where T : class, IEntity<T>
    {
        T? state = null;
        var version = 0L;
        foreach (var row in events)
        {
            var happened = EventCatalog.Find(row.Type)?.Read(row.Data);
            state = happened is null ? state : T.Apply(state, happened, DateTimeOffset.FromUnixTimeMilliseconds(row.AtMs));
            version = row.Version;
        }

        return state is null ? null : new StateRow(version, JsonSerializer.SerializeToUtf8Bytes(state, json), 0);
    }

    private static object? Read(string noun, StateRow row) => noun switch
    {
        "user" => JsonSerializer.Deserialize(row.Data.Span, DomainJson.Default.User),
        "order" => JsonSerializer.Deserialize(row.Data.Span, DomainJson.Default.Order),
        "payment" => JsonSerializer.Deserialize(row.Data.Span, DomainJson.Default.Payment),
        "product" => JsonSerializer.Deserialize(row.Data.Span, DomainJson.Default.Product),
        "notification" => JsonSerializer.Deserialize(row.Data.Span, DomainJson.Default.Notification),
        _ => null,
    };
}
