using System.Collections.Frozen;
using Workers.Contracts.Commands;
using Workers.Domain;
using Workers.Domain.Views;
using Workers.Engine.Projections;

namespace Workers.Handlers.Projections;

/// <summary>The read models there are: what is shown, by which fields lists are filtered, and by which numbers they may be queried.</summary>
internal static class ModelTypes
{
    public static IReadOnlyList<ModelType> All { get; } =
    [
        new ModelType<User>(
            ReadModelTypes.User, DomainJson.Default.User, UserView.Write, u => (u.CreatedAt, u.UpdatedAt),
            u => [("user_id", u.UserId), ("name", u.Name), ("email", u.Email), ("username", u.Username)],
            u => [("age", u.Age)]),
        new ModelType<Order>(
            ReadModelTypes.Order, DomainJson.Default.Order, OrderView.Write, o => (o.CreatedAt, o.UpdatedAt),
            o =>
            [
                ("order_id", o.OrderId), ("order_number", o.OrderNumber), ("user_id", o.UserId), ("customer_id", o.UserId), ("status", o.Status),
                ("currency", o.Currency),
            ],
            o => [("total", Cents(o.TotalAmount)), ("total_amount", Cents(o.TotalAmount))]),
        new ModelType<Payment>(
            ReadModelTypes.Payment, DomainJson.Default.Payment, PaymentView.Write, p => (p.CreatedAt, p.UpdatedAt),
            p =>
            [
                ("payment_id", p.PaymentId), ("user_id", p.UserId), ("order_id", p.OrderId), ("status", p.Status), ("currency", p.Currency),
                ("gateway", p.Gateway), ("payment_method", p.PaymentMethod),
            ],
            p => [("amount", Cents(p.Amount)), ("refunded_amount", Cents(p.RefundedAmount))]),
        new ModelType<Product>(
            ReadModelTypes.Product, DomainJson.Default.Product, ProductView.Write, p => (p.CreatedAt, p.UpdatedAt),
            p => [("product_id", p.ProductId), ("name", p.Name), ("sku", p.Sku), ("category", p.Category)],
            p => [("price", Cents(p.Price)), ("stock", p.Stock), ("available", p.Available)]),
    ];

    private static readonly FrozenDictionary<string, ModelType> ByEntity = All.ToFrozenDictionary(m => m.Entity, StringComparer.Ordinal);

    /// <summary>The model of an entity; null where it has none.</summary>
    public static ModelType? OfEntity(string entity) => ByEntity.GetValueOrDefault(entity);

    // What a caller posted as an event may be any number: one that no amount can be is not queried.
    private static long? Cents(decimal amount) => Math.Abs(amount) <= Money.Max ? (long)(amount * 100) : null;
}
