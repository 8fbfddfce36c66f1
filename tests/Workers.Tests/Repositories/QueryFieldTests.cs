using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Handlers.Projections;

namespace Workers.Tests.Repositories;

[Parallelizable(ParallelScope.All)]
public sealed class QueryFieldTests
{
    private static readonly string[] OfEvery = ["created_at", "updated_at", "version"];

    private static readonly IDomainEvent[] Made =
    [
        new UserCreated { UserId = "u", Name = "Ada", Email = "a@b.co", Age = 36, Username = "ada" },
        new OrderCreated { OrderId = "o", OrderNumber = "ORD-1", UserId = "u", TotalAmount = 19.99m, Currency = "USD" },
        new PaymentCreated
        {
            PaymentId = "p", UserId = "u", OrderId = "o", Amount = 19.99m, Currency = "USD", PaymentMethod = "upi", Gateway = "stripe", CommandId = "c", EffectId = "e",
        },
        new ProductCreated { ProductId = "p", Name = "Laptop", Price = 19.99m, Sku = "S", Category = "c", Stock = 3 },
    ];

    [Test]
    public void What_can_be_queried_is_what_read_models_have()
    {
        foreach (var happened in Made)
        {
            var model = Show(happened);
            var fields = QueryField.Of(model.Type);

            fields.Where(field => field.IsText).Select(field => field.Name).ShouldBe(model.Fields.Keys, ignoreOrder: true);
            fields.Where(field => !field.IsText).Select(field => field.Name).ShouldBe(model.Numbers.Keys.Concat(OfEvery), ignoreOrder: true);
            fields.Where(field => field.Kind == FieldKind.Money && field.Name != "refunded_amount").ShouldAllBe(field => model.Numbers[field.Name] == 1_999);
        }
    }

    [Test]
    public void An_amount_that_only_a_posted_event_can_have_is_no_number_to_query() =>
        Show(new ProductCreated { ProductId = "p", Name = "Laptop", Price = decimal.MaxValue, Stock = 0 }).Numbers.Keys.ShouldNotContain("price");

    private static ReadModel Show(IDomainEvent happened)
    {
        var type = ModelTypes.OfEntity(EventCatalog.Of(happened).Entity)!;
        return type.Show("x", 1, type.Fold(null, happened, DateTimeOffset.UnixEpoch)!, new SensitiveMask(Sensitive.Names));
    }
}
