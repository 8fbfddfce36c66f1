using System.Text.Json;
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

    public bool IsDeleted(string noun, StateRow row) => Read(noun, row) switch
    {
        User user => user.Deleted,
        Order order => order.Deleted,
        Payment payment => payment.Deleted,
        Product product => product.Deleted,
        _ => false,
    };

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
