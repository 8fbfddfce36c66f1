using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;

namespace Workers.Tests.Domain;

/// <summary>The documents' table, cell by cell: every command in every state.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class OrderTransitionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [TestCase("confirm", "CREATED", "CONFIRMED")]
    [TestCase("confirm", "CONFIRMED", "Order is already confirmed")]
    [TestCase("confirm", "SHIPPED", "Cannot confirm shipped or delivered order")]
    [TestCase("confirm", "DELIVERED", "Cannot confirm shipped or delivered order")]
    [TestCase("confirm", "CANCELLED", "Cannot confirm cancelled order")]
    [TestCase("ship", "CREATED", "Order must be confirmed before shipping")]
    [TestCase("ship", "CONFIRMED", "SHIPPED")]
    [TestCase("ship", "SHIPPED", "Order is already shipped")]
    [TestCase("ship", "DELIVERED", "Order is already delivered")]
    [TestCase("ship", "CANCELLED", "Cannot ship cancelled order")]
    [TestCase("deliver", "CREATED", "Order must be shipped before delivery")]
    [TestCase("deliver", "CONFIRMED", "Order must be shipped before delivery")]
    [TestCase("deliver", "SHIPPED", "DELIVERED")]
    [TestCase("deliver", "DELIVERED", "Order is already delivered")]
    [TestCase("deliver", "CANCELLED", "Cannot deliver cancelled order")]
    [TestCase("cancel", "CREATED", "CANCELLED")]
    [TestCase("cancel", "CONFIRMED", "CANCELLED")]
    [TestCase("cancel", "SHIPPED", "Cannot cancel shipped or delivered order")]
    [TestCase("cancel", "DELIVERED", "Cannot cancel shipped or delivered order")]
    [TestCase("cancel", "CANCELLED", "Order is already cancelled")]
    [TestCase("update", "CREATED", "CREATED")]
    [TestCase("update", "CONFIRMED", "Cannot update confirmed order")]
    [TestCase("update", "SHIPPED", "Cannot update confirmed order")]
    [TestCase("update", "DELIVERED", "Cannot update confirmed order")]
    [TestCase("update", "CANCELLED", "Cannot update cancelled order")]
    [TestCase("delete", "CREATED", "CREATED")]
    [TestCase("delete", "CONFIRMED", "Cannot delete confirmed or shipped order")]
    [TestCase("delete", "SHIPPED", "Cannot delete confirmed or shipped order")]
    [TestCase("delete", "DELIVERED", "DELIVERED")]
    [TestCase("delete", "CANCELLED", "CANCELLED")]
    public void A_command_in_a_state_leads_to_the_next_state_or_to_its_sentence(string action, string status, string expected)
    {
        var order = In(status);

        var decision = Decide(order, action);

        if (decision.Refusal is { } refusal)
        {
            (refusal.Message, refusal.Status).ShouldBe((expected, 400));
            decision.Events.ShouldBeEmpty();
        }
        else
        {
            var after = Fold.Of(order, decision.Events, Now.AddDays(1)).ShouldNotBeNull();
            (after.Status, after.Deleted, after.UpdatedAt).ShouldBe((expected, action == "delete", Now.AddDays(1)));
        }
    }

    [TestCase("confirm")]
    [TestCase("ship")]
    [TestCase("deliver")]
    [TestCase("cancel")]
    [TestCase("update")]
    [TestCase("delete")]
    public void What_is_not_there_or_was_deleted_is_not_found(string action)
    {
        Decide(null, action).Refusal.ShouldBe(new Refusal("NOT_FOUND", "Order not found", 404));
        Decide(In("CREATED") with { Deleted = true }, action).Refusal.ShouldBe(new Refusal("NOT_FOUND", "Order not found", 404));
    }

    [Test]
    public void An_order_is_created_once_and_its_number_is_the_same_for_the_same_command()
    {
        var command = new CreateOrder { OrderId = "o", UserId = "u", TotalAmount = 5 };

        var first = OrderRules.Decide(null, command, "c-1").Events.Single().ShouldBeOfType<OrderCreated>();
        var again = OrderRules.Decide(null, command, "c-1").Events.Single().ShouldBeOfType<OrderCreated>();
        var other = OrderRules.Decide(null, command, "c-2").Events.Single().ShouldBeOfType<OrderCreated>();

        first.OrderNumber.ShouldMatch("^ORD-[0-9A-HJKMNP-TV-Z]{10}$");
        again.OrderNumber.ShouldBe(first.OrderNumber);
        other.OrderNumber.ShouldNotBe(first.OrderNumber);
        (first.Currency, first.TotalAmount).ShouldBe(("USD", 5));
        OrderRules.Decide(In("CREATED"), command, "c-3").Refusal.ShouldBe(new Refusal("ALREADY_EXISTS", "Order already exists", 409));
    }

    [Test]
    public void Given_members_replace_absent_ones_stay_and_cleared_ones_go()
    {
        var order = In("CREATED") with { Metadata = new() { ["a"] = "1" }, ShippingAddress = new ShippingAddress { City = "x" } };
        var items = new OrderItem[] { new() { ProductId = "q", Quantity = 2, UnitPrice = 1.5m } };

        var after = Fold.Of(order, OrderRules.Decide(order, new UpdateOrder { OrderId = "o", Items = items, Clear = ["metadata"] }).Events, Now).ShouldNotBeNull();

        (after.TotalAmount, after.Metadata, after.ShippingAddress!.City, after.UserId).ShouldBe((3m, null, "x", "u"));
        after.Items.ShouldBe(items);
        OrderRules.Decide(order, new UpdateOrder { OrderId = "o", TotalAmount = 4 }).Refusal!.Code.ShouldBe("VALIDATION");
    }

    [Test]
    public void A_delete_is_undone_once()
    {
        var order = In("CANCELLED");
        var deleted = Fold.Of(order, Decide(order, "delete").Events, Now);

        var restored = Fold.Of(deleted, OrderRules.Restore(deleted).Events, Now).ShouldNotBeNull();

        (restored.Status, restored.Deleted).ShouldBe(("CANCELLED", false));
        OrderRules.Restore(restored).Refusal!.Message.ShouldBe("Order is not deleted");
    }

    [TestCase(null, 3, true)]
    [TestCase(3, 3, true)]
    [TestCase(2, 3, false)]
    public void An_expected_version_must_be_the_one_that_is_there(int? expected, int actual, bool fits) =>
        (Refusal.OfVersion(expected, actual)?.Code).ShouldBe(fits ? null : "VERSION_CONFLICT");

    private static Order In(string status) => new()
    {
        OrderId = "o",
        OrderNumber = "ORD-1",
        UserId = "u",
        Currency = "USD",
        TotalAmount = 1,
        Items = [new() { ProductId = "p", Quantity = 1, UnitPrice = 1 }],
        Status = status,
        CreatedAt = Now,
        UpdatedAt = Now,
    };

    private static Decision Decide(Order? order, string action) => action switch
    {
        "confirm" => OrderRules.Decide(order, new ConfirmOrder { OrderId = "o" }),
        "ship" => OrderRules.Decide(order, new ShipOrder { OrderId = "o", TrackingNumber = "t", Carrier = "c" }),
        "deliver" => OrderRules.Decide(order, new DeliverOrder { OrderId = "o" }),
        "cancel" => OrderRules.Decide(order, new CancelOrder { OrderId = "o", Reason = "r" }),
        "update" => OrderRules.Decide(order, new UpdateOrder { OrderId = "o", Metadata = [] }),
        "delete" => OrderRules.Decide(order, new DeleteOrder { OrderId = "o" }),
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };
}
