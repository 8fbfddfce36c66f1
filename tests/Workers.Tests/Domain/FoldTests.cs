using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;

namespace Workers.Tests.Domain;

/// <summary>State is what its events say: told again from their stored bytes, they make the same state.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class FoldTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property An_order_is_the_fold_of_its_stored_events() => Holds(
        ["create", "update", "confirm", "ship", "deliver", "cancel", "delete", "restore"],
        DomainJson.Default.Order,
        (Order? order, string action) => action switch
        {
            "create" => OrderRules.Decide(order, new CreateOrder { OrderId = "o", UserId = "u", Items = [new() { ProductId = "p", Quantity = 2, UnitPrice = 1.25m }] }, "c"),
            "update" => OrderRules.Decide(order, new UpdateOrder { OrderId = "o", Metadata = new() { ["k"] = "v" }, Clear = ["shipping_address"] }),
            "confirm" => OrderRules.Decide(order, new ConfirmOrder { OrderId = "o" }),
            "ship" => OrderRules.Decide(order, new ShipOrder { OrderId = "o", TrackingNumber = "t", Carrier = "c" }),
            "deliver" => OrderRules.Decide(order, new DeliverOrder { OrderId = "o" }),
            "cancel" => OrderRules.Decide(order, new CancelOrder { OrderId = "o", Reason = "r" }),
            "delete" => OrderRules.Decide(order, new DeleteOrder { OrderId = "o" }),
            _ => OrderRules.Restore(order),
        });

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property A_user_is_the_fold_of_its_stored_events() => Holds(
        ["create", "update", "clear", "delete", "restore"],
        DomainJson.Default.User,
        (User? user, string action) => action switch
        {
            "create" => UserRules.Decide(user, new CreateUser { UserId = "u", Data = new() { Name = "Jo", Email = "j@e.de", Age = 30, More = Open("nick", "colour") } }),
            "update" => UserRules.Decide(user, new UpdateUser { UserId = "u", Data = new() { Name = "Jane", More = Open("size") } }),
            "clear" => UserRules.Decide(user, new UpdateUser { UserId = "u", Clear = ["age", "nick"] }),
            "delete" => UserRules.Decide(user, new DeleteUser { UserId = "u" }),
            _ => UserRules.Restore(user),
        });

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property A_product_is_the_fold_of_its_stored_events() => Holds(
        ["create", "update", "add", "reserve", "delete", "restore"],
        DomainJson.Default.Product,
        (Product? product, string action) => action switch
        {
            "create" => ProductRules.Decide(product, new CreateProduct { ProductId = "p", Name = "n", Price = 1.5m, Stock = 4, Sku = "s" }),
            "update" => ProductRules.Decide(product, new UpdateProduct { ProductId = "p", Price = 2, Stock = 9, Clear = ["sku"] }),
            "delete" => ProductRules.Decide(product, new DeleteProduct { ProductId = "p" }),
            "restore" => ProductRules.Restore(product),
            _ => StockRules.Decide(product, null, new AdjustInventory { ProductId = "p", Action = action, Quantity = 2 }),
        });

    [Test]
    public void What_a_user_cleared_is_gone_and_the_rest_stayed()
    {
        var created = UserRules.Decide(null, new CreateUser { UserId = "u", Data = new() { Name = "Jo", Email = "j@e.de", Age = 30, More = Open("nick", "colour") } });
        var user = Fold.Of<User>(null, created.Events, Start);

        user = Fold.Of(user, UserRules.Decide(user, new UpdateUser { UserId = "u", Clear = ["age", "nick"] }).Events, Start)!;

        (user.Name, user.Age).ShouldBe(("Jo", null));
        user.More!.Keys.ShouldBe(["colour"]);
    }

    [Test]
    public void A_notification_is_sent_or_fails_once()
    {
        var asked = NotificationRules.Decide(null, new SendNotification { NotificationId = "n", UserId = "u", Channel = "email", Title = "t", Message = "m" });
        var open = Fold.Of<Notification>(null, asked.Events, Start);
        var sent = Fold.Of(open, NotificationRules.Decide(open, new RecordNotification { NotificationId = "n", Delivered = true }).Events, Start)!;

        (open!.Status, open.Priority, sent.Status).ShouldBe(("REQUESTED", "normal", "SENT"));
        NotificationRules.Decide(sent, new RecordNotification { NotificationId = "n" }).Events.ShouldBeEmpty();
    }

    private static Property Holds<T>(string[] actions, JsonTypeInfo<T> json, Func<T?, string, Decision> decide)
        where T : class, IEntity<T> =>
        Prop.ForAll(Gen.ListOf(Gen.Elements(actions)).ToArbitrary(), chosen =>
        {
            T? state = null;
            var stored = new List<(EventInfo Info, byte[] Json, DateTimeOffset At)>();
            foreach (var (action, index) in chosen.Select((action, index) => (action, index)))
            {
                var at = Start.AddMinutes(index);
                var decision = decide(state, action);
                if (decision.Refusal is not null)
                {
                    continue;
                }

                state = Fold.Of(state, decision.Events, at);
                stored.AddRange(decision.Events.Select(happened => (EventCatalog.Of(happened), EventCatalog.Of(happened).ToBytes(happened), at)));
            }

            var again = stored.Aggregate((T?)null, (before, e) => T.Apply(before, e.Info.Read(e.Json), e.At));
            return Same(state, again, json) && Same(state, state is null ? null : JsonSerializer.Deserialize(JsonSerializer.Serialize(state, json), json), json);
        });

    private static bool Same<T>(T? left, T? right, JsonTypeInfo<T> json) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        _ => JsonSerializer.Serialize(left, json) == JsonSerializer.Serialize(right, json),
    };

    private static Dictionary<string, JsonElement> Open(params string[] names) =>
        names.ToDictionary(name => name, _ => JsonDocument.Parse("""{"a":[1]}""").RootElement);
}
