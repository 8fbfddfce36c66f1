using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Tests.Flows;

/// <summary>Each kind of command, undone.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UndoTests : IAsyncDisposable
{
    private readonly FlowEngine _engine = new(new RefundOptions { ApprovalThreshold = 500 }, new DomainOptions { Users = { UniqueEmail = true } });

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Test]
    public void A_created_user_is_deleted_and_the_command_is_UNDONE_once()
    {
        var created = Run(new CreateUser { UserId = "u", Data = Ada });

        var undone = Undo(created);

        undone.State.ShouldBe(CommandState.Succeeded);
        Body(undone).ShouldBe($$"""{"command_id":"{{created.Outcome.Id}}","state":"UNDONE","undo_id":"{{undone.Id}}","reason":"oops"}""");
        State<User>("user", "u").Deleted.ShouldBeTrue();
        var outcome = _engine.Store.Outcomes[created.Outcome.Id];
        (outcome.State, outcome.Body, outcome.Status).ShouldBe((CommandState.Undone, created.Outcome.Body, 201));
        _engine.Happened<CommandCompleted>().Single(c => c.CommandId == created.Outcome.Id.ToString()).State.ShouldBe("UNDONE");
        Body(Undo(created)).ShouldBe(Body(undone));
        _engine.Happened<UserDeleted>().Count().ShouldBe(1);
        Run(new CreateUser { UserId = "other", Data = Ada }).Outcome.State.ShouldBe(CommandState.Succeeded);
    }

    [Test]
    public void An_updated_user_has_the_values_before()
    {
        Run(new CreateUser { UserId = "u", Data = Ada });
        var before = State<User>("user", "u");
        var updated = Run(new UpdateUser { UserId = "u", Data = new UserData { Name = "Grace", Email = "g@x.org", Age = 40, Username = "gh", More = Json("""{"tier":"gold"}""") } });

        Undo(updated).State.ShouldBe(CommandState.Succeeded);

        var after = State<User>("user", "u");
        (after.Name, after.Email, after.Age, after.Username, after.More).ShouldBe((before.Name, before.Email, before.Age, before.Username, null));
        Run(new CreateUser { UserId = "grace", Data = new UserData { Name = "Grace", Email = "g@x.org" } }).Outcome.State.ShouldBe(CommandState.Succeeded);
        Refused(Run(new CreateUser { UserId = "ada", Data = Ada }).Outcome).ShouldContain("EMAIL_TAKEN");
    }

    [Test]
    public void A_deleted_user_is_back_unless_its_address_is_another_ones_by_now()
    {
        Run(new CreateUser { UserId = "u", Data = Ada });
        var deleted = Run(new DeleteUser { UserId = "u" });
        var other = Run(new CreateUser { UserId = "other", Data = Ada });

        Refused(Undo(deleted)).ShouldContain("EMAIL_TAKEN");
        Undo(other);
        Undo(deleted).State.ShouldBe(CommandState.Succeeded);

        State<User>("user", "u").Deleted.ShouldBeFalse();
        _engine.Happened<UserRestored>().Count().ShouldBe(1);
    }

    [Test]
    public void What_another_command_has_changed_since_is_not_undone()
    {
        var created = Run(new CreateUser { UserId = "u", Data = Ada });
        var updated = Run(new UpdateUser { UserId = "u", Data = new UserData { Name = "Grace" } });
        Run(new UpdateUser { UserId = "u", Data = new UserData { Name = "Hedy" } });

        Refused(Undo(created)).ShouldContain("Another command has changed the user since");
        Refused(Undo(updated)).ShouldContain("Another command has changed the user since");
        _engine.Store.Outcomes[updated.Outcome.Id].State.ShouldBe(CommandState.Succeeded);
    }

    [TestCase("add", 5, 10)]
    [TestCase("remove", 5, 10)]
    [TestCase("reserve", 5, 10)]
    [TestCase("set", 3, 10)]
    public void A_movement_of_stock_is_undone_by_its_reverse(string action, int quantity, int stock)
    {
        Product();
        var moved = Run(new AdjustInventory { ProductId = "p", Action = action, Quantity = quantity });

        Undo(moved).State.ShouldBe(CommandState.Succeeded);

        var product = State<Product>("product", "p");
        (product.Stock, product.Reserved).ShouldBe((stock, 0));
    }

    [Test]
    public void A_movement_is_undone_whatever_moved_since_but_never_below_zero()
    {
        Product();
        var added = Run(new AdjustInventory { ProductId = "p", Action = "add", Quantity = 5 });
        var set = Run(new AdjustInventory { ProductId = "p", Action = "set", Quantity = 7 });
        Undo(added).State.ShouldBe(CommandState.Succeeded);
        State<Product>("product", "p").Stock.ShouldBe(2);
        Refused(Undo(set)).ShouldContain("Another command has changed the product since");

        var more = Run(new AdjustInventory { ProductId = "p", Action = "add", Quantity = 5 });
        Run(new AdjustInventory { ProductId = "p", Action = "remove", Quantity = 6 });
        Refused(Undo(more)).ShouldContain("Insufficient stock");
    }

    [Test]
    public void An_orders_reservation_is_released_and_a_release_is_reserved_again()
    {
        Product();
        var reserved = Run(new AdjustInventory { ProductId = "p", Action = "reserve", Quantity = 4, OrderId = "o" });
        Undo(reserved);
        State<Product>("product", "p").Reserved.ShouldBe(0);
        Run(new AdjustInventory { ProductId = "p", Action = "reserve", Quantity = 4, OrderId = "o" });
        var released = Run(new AdjustInventory { ProductId = "p", Action = "release", Quantity = 4, OrderId = "o" });
        Undo(released);
        State<Product>("product", "p").Reserved.ShouldBe(4);
    }

    [Test]
    public void A_product_goes_back_as_a_user_does_and_its_stock_does_not_stand_in_the_way()
    {
        var created = Run(new CreateProduct { ProductId = "p", Name = "Laptop", Price = 10, Stock = 10, Sku = "A" });
        var updated = Run(new UpdateProduct { ProductId = "p", Price = 12, Sku = "B", Category = "c" });
        Run(new AdjustInventory { ProductId = "p", Action = "add", Quantity = 1 });

        Undo(updated).State.ShouldBe(CommandState.Succeeded);
        var product = State<Product>("product", "p");
        (product.Price, product.Sku, product.Category, product.Stock).ShouldBe((10, "A", null, 11));
        Run(new CreateProduct { ProductId = "q", Name = "Other", Price = 1, Sku = "B" }).Outcome.State.ShouldBe(CommandState.Succeeded);
        Refused(Undo(created)).ShouldContain("Another command has changed the product since");

        var deleted = Run(new DeleteProduct { ProductId = "p" });
        Undo(deleted).State.ShouldBe(CommandState.Succeeded);
        State<Product>("product", "p").Deleted.ShouldBeFalse();
        Refused(Run(new CreateProduct { ProductId = "r", Name = "Other", Price = 1, Sku = "A" }).Outcome).ShouldContain("ALREADY_EXISTS");
    }

    [Test]
    public void A_created_or_confirmed_order_is_cancelled_until_it_is_shipped()
    {
        var created = Run(Order("o"));
        Run(new ConfirmOrder { OrderId = "o" });
        Undo(created).State.ShouldBe(CommandState.Succeeded);
        State<Order>("order", "o").Status.ShouldBe("CANCELLED");

        Run(Order("o2"));
        var confirmed = Run(new ConfirmOrder { OrderId = "o2" });
        Run(new ShipOrder { OrderId = "o2", TrackingNumber = "1Z", Carrier = "UPS" });
        Refused(Undo(confirmed)).ShouldContain("Cannot cancel shipped or delivered order");
    }

    [Test]
    public void An_updated_order_has_the_values_before_and_a_deleted_one_is_back()
    {
        Run(Order("o"));
        var updated = Run(new UpdateOrder { OrderId = "o", Items = [new OrderItem { ProductId = "b", Quantity = 3, UnitPrice = 7 }], Metadata = new() { ["a"] = "b" } });
        Undo(updated).State.ShouldBe(CommandState.Succeeded);
        var order = State<Order>("order", "o");
        (order.TotalAmount, order.Items.Single().ProductId, order.Metadata).ShouldBe((5, "a", null));

        var deleted = Run(new DeleteOrder { OrderId = "o" });
        Undo(deleted).State.ShouldBe(CommandState.Succeeded);
        State<Order>("order", "o").Deleted.ShouldBeFalse();
    }

    [Test]
    public void A_payment_is_refunded_in_full_and_undone_when_the_money_is_back()
    {
        var paid = Pay();

        var undo = Undo(paid);
        undo.State.ShouldBe(CommandState.Running);
        Refused(Undo(paid)).ShouldContain("The command is being undone already");
        _engine.Store.Outcomes[paid.Outcome.Id].State.ShouldBe(CommandState.Succeeded);
        Gateway(approved: true);

        State<Payment>("payment", "pay").Status.ShouldBe("REFUNDED");
        _engine.Store.Outcomes[paid.Outcome.Id].State.ShouldBe(CommandState.Undone);
        Body(_engine.Store.Outcomes[undo.Id]).ShouldContain("\"state\":\"UNDONE\"");
        Undo(paid).State.ShouldBe(CommandState.Succeeded);
    }

    [Test]
    public void A_payment_whose_refund_is_refused_is_not_undone_and_may_be_later()
    {
        var paid = Pay();
        var undo = Undo(paid);
        Gateway(approved: false);

        Refused(_engine.Store.Outcomes[undo.Id]).ShouldContain("REFUND_DECLINED");
        _engine.Store.Outcomes[paid.Outcome.Id].State.ShouldBe(CommandState.Succeeded);
        Undo(paid).State.ShouldBe(CommandState.Running);
        Gateway(approved: true);
        _engine.Store.Outcomes[paid.Outcome.Id].State.ShouldBe(CommandState.Undone);
    }

    [Test]
    public void A_payment_that_is_refunded_in_part_is_not_undone()
    {
        var paid = Pay();
        Run(new RefundPayment { PaymentId = "pay", Amount = 1, Reason = "Broken" });

        Refused(Undo(paid)).ShouldContain("The payment is refunded, or waits to be, in part or whole");
    }

    [Test]
    public void A_payments_description_and_its_delete_are_undone_and_its_cancel_is_not()
    {
        Pay();
        Undo(Run(new UpdatePayment { PaymentId = "pay", Description = "new" })).State.ShouldBe(CommandState.Succeeded);
        State<Payment>("payment", "pay").Description.ShouldBeNull();
        Undo(Run(new DeletePayment { PaymentId = "pay" })).State.ShouldBe(CommandState.Succeeded);
        State<Payment>("payment", "pay").Deleted.ShouldBeFalse();

        Run(new ProcessPayment { PaymentId = "open", UserId = "u", Amount = 1, Currency = "USD" });
        Refused(Undo(Run(new UpdatePayment { PaymentId = "open", Status = "CANCELLED" }))).ShouldContain("A cancelled payment cannot be taken up again");
    }

    [Test]
    public void Other_commands_and_those_that_failed_are_not_undone()
    {
        Run(Order("o"));
        Refused(Undo(Run(new CancelOrder { OrderId = "o", Reason = "r" }))).ShouldContain("CancelOrder cannot be undone");
        Refused(Undo(Run(new DeleteUser { UserId = "nobody" }))).ShouldContain("Only a command that has succeeded can be undone; this one is FAILED");
    }

    private static UserData Ada => new() { Name = "Ada", Email = "ada@x.org" };

    private static CreateOrder Order(string id) => new() { OrderId = id, UserId = "u", Items = [new OrderItem { ProductId = "a", Quantity = 1, UnitPrice = 5 }] };

    private static Dictionary<string, JsonElement> Json(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;

    private static string Body(Outcome outcome) => Encoding.UTF8.GetString(outcome.Body);

    private static string Refused(Outcome outcome)
    {
        outcome.State.ShouldBe(CommandState.Failed, Body(outcome));
        return Body(outcome);
    }

    private (ICommand Command, Outcome Outcome) Run(ICommand command) => (command, _engine.Run(command));

    private Outcome Undo((ICommand Command, Outcome Outcome) done)
    {
        var info = CommandCatalog.Of(done.Command);
        return _engine.Run(new UndoCommand { RecordKey = info.GetKey(done.Command), TargetId = done.Outcome.Id.ToString(), TargetType = info.Name, Reason = "oops" });
    }

    private void Product() => Run(new CreateProduct { ProductId = "p", Name = "Laptop", Price = 10, Stock = 10 });

    private (ICommand Command, Outcome Outcome) Pay()
    {
        var asked = Run(new ProcessPayment { PaymentId = "pay", UserId = "u", Amount = 100, Currency = "USD" });
        var (charge, record) = _engine.Take<ChargePayment>();
        _engine.Answer(record, new RecordCharge { PaymentId = "pay", EffectId = charge.EffectId, Approved = true });
        return (asked.Command, _engine.Store.Outcomes[asked.Outcome.Id]);
    }

    private void Gateway(bool approved)
    {
        var (charge, record) = _engine.Take<RefundCharge>();
        _engine.Answer(record, new RecordRefund { PaymentId = "pay", RefundId = charge.RefundId, Approved = approved });
    }

    private T State<T>(string kind, string id) =>
        JsonSerializer.Deserialize(_engine.Store.States[new StateKey(kind, id)].Data.Span, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)DomainJson.Default.GetTypeInfo(typeof(T))!)!;
}
