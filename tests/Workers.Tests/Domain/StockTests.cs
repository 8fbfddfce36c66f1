using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;

namespace Workers.Tests.Domain;

[Parallelizable(ParallelScope.All)]
public sealed class StockTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property No_sequence_makes_stock_or_what_is_available_negative()
    {
        var step = from action in Gen.Elements("add", "remove", "set", "reserve", "release", "commit")
                   from quantity in Gen.Choose(0, 12)
                   from order in Gen.Elements(null, "a", "b", "c")
                   select (action, quantity, order);
        return Prop.ForAll(Gen.ListOf(step).ToArbitrary(), steps =>
        {
            var shelf = new Shelf(10);
            foreach (var (action, quantity, order) in steps)
            {
                shelf.Do(action, action == "set" ? quantity : Math.Max(1, quantity), order);
                var held = shelf.Held.Values.Sum(reservation => reservation.Quantity);
                if (shelf.Product is not { Stock: >= 0, Reserved: >= 0, Available: >= 0 } product
                    || product.ReservedByOrders != held || product.Reserved < held)
                {
                    return false;
                }
            }

            return true;
        });
    }

    [Test]
    public void An_order_reserves_once_and_gets_back_what_it_had()
    {
        var shelf = new Shelf(10);

        shelf.Do("reserve", 4, "a");
        var again = shelf.Do("reserve", 9, "a");
        (shelf.Product.Stock, shelf.Product.Available).ShouldBe((10, 6));
        again.Events.Single().ShouldBeOfType<StockReserved>().Quantity.ShouldBe(4);

        shelf.Do("release", 1, "a");
        (shelf.Product.Stock, shelf.Product.Available).ShouldBe((10, 10));
        var none = shelf.Do("release", 1, "a");
        (none.Refusal, none.Events.Count).ShouldBe((null, 0));
    }

    [Test]
    public void Shipping_takes_what_was_reserved_out_of_the_stock_once()
    {
        var shelf = new Shelf(10);
        shelf.Do("reserve", 4, "a");

        shelf.Do("commit", 0, "a");
        shelf.Do("commit", 0, "a");

        (shelf.Product.Stock, shelf.Product.Reserved, shelf.Product.ReservedByOrders).ShouldBe((6, 0, 0));
    }

    [Test]
    public void What_is_reserved_elsewhere_is_not_given_to_an_order_and_the_flow_is_told()
    {
        var shelf = new Shelf(10);
        shelf.Do("reserve", 8, "a");

        var decision = shelf.Do("reserve", 3, "b");

        decision.Refusal.ShouldBe(new Refusal("INSUFFICIENT_STOCK", "Insufficient stock"));
        decision.Events.Single().ShouldBeOfType<StockRejected>().Available.ShouldBe(2);
        EventCatalog.Of(decision.Events[0]).IsAnnounced.ShouldBeTrue();
        shelf.Held.ShouldNotContainKey("b");
    }

    [Test]
    public void A_missing_product_rejects_an_orders_reservation()
    {
        var decision = StockRules.Decide(null, null, new AdjustInventory { ProductId = "p", Action = "reserve", Quantity = 1, OrderId = "o" });

        decision.Refusal.ShouldBe(new Refusal("NOT_FOUND", "Product not found", 404));
        decision.Events.Single().ShouldBeOfType<StockRejected>().Reason.ShouldBe("Product not found");
    }

    [Test]
    public void A_manual_release_cannot_take_what_orders_hold()
    {
        var shelf = new Shelf(10);
        shelf.Do("reserve", 5, "a");
        shelf.Do("reserve", 2, null);

        shelf.Do("release", 3, null).Refusal!.Message.ShouldBe("Cannot release more than is reserved");
        shelf.Do("release", 2, null).Refusal.ShouldBeNull();
        shelf.Do("set", 4, null).Refusal!.Message.ShouldBe("Cannot set stock below what is reserved");
        shelf.Do("remove", 6, null).Refusal!.Message.ShouldBe("Insufficient stock");
    }

    [Test]
    public void Stock_in_an_update_is_a_set_and_refused_as_one()
    {
        var shelf = new Shelf(10);
        shelf.Do("reserve", 5, "a");

        var events = ProductRules.Decide(shelf.Product, new UpdateProduct { ProductId = "p", Price = 2, Stock = 7 }).Events;
        events.Select(happened => happened.GetType()).ShouldBe([typeof(ProductUpdated), typeof(StockAdjusted)]);
        ProductRules.Decide(shelf.Product, new UpdateProduct { ProductId = "p", Price = 2, Stock = 4 }).Refusal.ShouldNotBeNull();
    }

    private sealed class Shelf(long stock)
    {
        public Product Product { get; private set; } = new() { ProductId = "p", Name = "n", Price = 1, Stock = stock, CreatedAt = Now, UpdatedAt = Now };

        public Dictionary<string, Reservation> Held { get; } = [];

        public Decision Do(string action, int quantity, string? order)
        {
            var held = order is null ? null : Held.GetValueOrDefault(order);
            var decision = action == "commit"
                ? StockRules.Decide(Product, held, new CommitStock { ProductId = "p", OrderId = order ?? "none" })
                : StockRules.Decide(Product, held, new AdjustInventory { ProductId = "p", Action = action, Quantity = quantity, OrderId = order });
            foreach (var happened in decision.Events)
            {
                Product = Product.Apply(Product, happened, Now)!;
                if (order is not null && Reservation.Apply(held, happened) is { } reservation)
                {
                    Held[order] = reservation;
                }
                else if (order is not null)
                {
                    Held.Remove(order);
                }
            }

            return decision;
        }
    }
}
