using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Tests.Flows;

/// <summary>The refund flow with its commands, on a clock that stands.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RefundFlowTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(72);
    private readonly FlowEngine _engine = new(new RefundOptions { ApprovalThreshold = 50 });

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Test]
    public void A_small_refund_goes_to_the_gateway_at_once_and_ends_with_its_answer()
    {
        Pay();
        var asked = Refund("r1", 40);

        asked.State.ShouldBe(CommandState.Running);
        State("r1").ShouldBe("Refunding");
        var (charge, record) = _engine.Take<RefundCharge>();
        (charge.RefundId, charge.PaymentId, charge.Amount, charge.GatewayReference).ShouldBe(("r1", "p", 40, "g-1"));
        _engine.Answer(record, new RecordRefund { PaymentId = "p", RefundId = "r1", Approved = true });

        State("r1").ShouldBe("Refunded");
        _engine.Store.Outcomes[asked.Id].State.ShouldBe(CommandState.Succeeded);
        _engine.Happened<PaymentRefunded>().Single().Status.ShouldBe(PaymentStatus.PartiallyRefunded);
        _engine.Sent<SendNotification>().Single().Type.ShouldBe("payment_refunded");
        _engine.Sent<CancelOrder>().ShouldBeEmpty();
    }

    [Test]
    public void Above_the_threshold_it_waits_for_an_approval()
    {
        Pay();
        Refund("r1", 60);

        State("r1").ShouldBe("AwaitingApproval");
        _engine.Effects.ShouldNotContain(e => e.Key == "p");
        _engine.Run(new ApproveRefund { PaymentId = "p", RefundId = "r1" }).State.ShouldBe(CommandState.Succeeded);

        State("r1").ShouldBe("Refunding");
        _engine.Store.Timers.ShouldBeEmpty();
        _engine.Advance(Patience);
        Succeed();
        State("r1").ShouldBe("Refunded");
    }

    [Test]
    public void Nobody_approves_for_72_hours_and_it_is_rejected()
    {
        Pay();
        var asked = Refund("r1", 60);

        _engine.Advance(Patience - TimeSpan.FromSeconds(1));
        State("r1").ShouldBe("AwaitingApproval");
        _engine.Advance(TimeSpan.FromSeconds(1));

        State("r1").ShouldBe("Rejected");
        Failure(asked).ShouldContain("Nobody approved the refund within 72 hours");
        _engine.Run(new ApproveRefund { PaymentId = "p", RefundId = "r1" }).State.ShouldBe(CommandState.Failed);
        Refund("r2", 100).State.ShouldBe(CommandState.Running);
    }

    [Test]
    public void A_rejected_one_ends_the_command_and_leaves_its_money_for_another()
    {
        Pay();
        var asked = Refund("r1", 100);

        _engine.Run(new RejectRefund { PaymentId = "p", RefundId = "r1", Reason = "No receipt" });

        State("r1").ShouldBe("Rejected");
        _engine.Store.Timers.ShouldBeEmpty();
        Failure(asked).ShouldContain("No receipt");
        Refund("r2", 40).State.ShouldBe(CommandState.Running);
    }

    [Test]
    public void A_gateway_that_says_no_rejects_it()
    {
        Pay();
        var asked = Refund("r1", 40);

        _engine.Answer(_engine.Take<RefundCharge>().Record, new RecordRefund { PaymentId = "p", RefundId = "r1", Reason = "Card is closed" });

        State("r1").ShouldBe("Rejected");
        Failure(asked).ShouldContain("REFUND_DECLINED");
    }

    [Test]
    public void A_gateway_that_never_answers_leaves_it_to_somebody_with_the_money_set_aside()
    {
        Pay();
        var asked = Refund("r1", 40);
        NoAnswer();

        State("r1").ShouldBe("ManualReview");
        _engine.Store.Outcomes[asked.Id].State.ShouldBe(CommandState.Running);
        Failure(Refund("r2", 61)).ShouldContain("REFUND_EXCEEDS_PAYMENT");

        _engine.Run(new ApproveRefund { PaymentId = "p", RefundId = "r1" });
        State("r1").ShouldBe("Refunding");
        Succeed();
        State("r1").ShouldBe("Refunded");
        _engine.Store.Outcomes[asked.Id].State.ShouldBe(CommandState.Succeeded);
    }

    [Test]
    public void What_waits_for_a_review_can_be_rejected()
    {
        Pay();
        Refund("r1", 40);
        NoAnswer();

        _engine.Run(new RejectRefund { PaymentId = "p", RefundId = "r1", Reason = "Paid out by hand" });

        State("r1").ShouldBe("Rejected");
        Refund("r2", 100).State.ShouldBe(CommandState.Running);
    }

    [Test]
    public void A_review_is_ended_by_hand_through_the_flow()
    {
        Pay();
        Refund("r1", 40);
        Failure(_engine.Run(new RetryFlow { SagaId = "r1" })).ShouldContain("The flow is not stuck: it is Refunding");
        NoAnswer();

        _engine.Run(new RetryFlow { SagaId = "r1", Reason = "The gateway is back" }).State.ShouldBe(CommandState.Succeeded);
        State("r1").ShouldBe("Refunding");
        NoAnswer();
        _engine.Run(new CompensateFlow { SagaId = "r1", Reason = "Paid out by hand" }).State.ShouldBe(CommandState.Succeeded);

        State("r1").ShouldBe("Rejected");
        _engine.Happened<RefundRejected>().Single().Reason.ShouldBe("Paid out by hand");
        Failure(_engine.Run(new CompensateFlow { SagaId = "r1" })).ShouldContain("The flow has ended: it is Rejected");
        Failure(_engine.Run(new RetryFlow { SagaId = "nothing" })).ShouldContain("Saga not found");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_stuck_order_is_carried_on_by_hand(bool retry)
    {
        Order(price: 60);
        _engine.Run(new CancelOrder { OrderId = "o", Reason = "Changed my mind" });
        var refund = _engine.Happened<RefundRequested>().Single().RefundId;
        _engine.Run(new RejectRefund { PaymentId = Payment, RefundId = refund, Reason = "Used already" });
        _engine.StateOf("order", "o").ShouldBe("Stuck");

        _engine.Run(retry ? new RetryFlow { SagaId = "o" } : new CompensateFlow { SagaId = "o" }).State.ShouldBe(CommandState.Succeeded);

        _engine.StateOf("order", "o").ShouldBe("Cancelling");
        var again = _engine.Happened<RefundRequested>().Last().RefundId;
        again.ShouldNotBe(refund);
        _engine.Run(new ApproveRefund { PaymentId = Payment, RefundId = again });
        Succeed();
        _engine.StateOf("order", "o").ShouldBe("Compensated");
        _engine.Happened<StockReleased>().Last().Reserved.ShouldBe(0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void How_long_a_payment_has_waited_is_known_when_another_process_ends_it(bool restart)
    {
        var asked = _engine.Record(new ProcessPayment { PaymentId = "p", UserId = "u", Amount = 100, Currency = "USD" });
        _engine.Advance(TimeSpan.FromSeconds(3));
        _engine.Append(asked);
        _engine.Advance(TimeSpan.FromSeconds(4));
        if (restart)
        {
            _engine.Restart();
        }

        Charge();

        var end = _engine.Happened<CommandCompleted>().Single(one => one.CommandId == asked.Id.ToString());
        (end.QueueMs, end.RunMs).ShouldBe((3_000, 4_000));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Of_two_operators_who_ask_a_stuck_flow_at_once_one_is_heard(bool atOnce)
    {
        Order(price: 60);
        _engine.Run(new CancelOrder { OrderId = "o", Reason = "Changed my mind" });
        _engine.Run(new RejectRefund { PaymentId = Payment, RefundId = _engine.Happened<RefundRequested>().Single().RefundId, Reason = "Used already" });
        var flow = Ids.Flow("order", "o").ToString();
        var (first, second) = (_engine.Record(new RetryFlow { SagaId = flow }), _engine.Record(new CompensateFlow { SagaId = flow }));

        // The flow hears of neither before both were looked at.
        _engine.Together(atOnce, first, second);

        _engine.Store.Outcomes[first.Id].State.ShouldBe(CommandState.Succeeded);
        _engine.Store.Outcomes[second.Id].Status.ShouldBe(409);
        Failure(_engine.Store.Outcomes[second.Id]).ShouldContain("RetryFlow is under way");
        _engine.StateOf("order", "o").ShouldBe("Cancelling");
        _engine.Happened<FlowCompensationRequested>().ShouldBeEmpty();
    }

    [Test]
    public void What_a_flow_sends_names_the_command_that_it_comes_from()
    {
        Order();
        _engine.Run(new CancelOrder { OrderId = "o", Reason = "Changed my mind" });

        var commands = _engine.Commands.ToDictionary(command => $"{command.Id}", command => command.Headers.Get(HeaderName.Type));
        _engine.Commands.Select(command => (command.Headers.Get(HeaderName.Type), Cause: command.Headers.Get(HeaderName.CausationId))).Where(one => one.Cause is not null)
            .Select(one => $"{commands.GetValueOrDefault(one.Cause!)} {one.Item1}").ShouldBe(
            ["CreateOrder AdjustInventory", "AdjustInventory ProcessPayment", "RecordCharge ConfirmOrder", "ConfirmOrder SendNotification", "CancelOrder AdjustInventory", "CancelOrder RefundRemainder"], ignoreOrder: true);
    }

    [Test]
    public void A_flow_that_is_stuck_again_may_be_asked_again()
    {
        Order(price: 60);
        _engine.Run(new CancelOrder { OrderId = "o", Reason = "Changed my mind" });
        for (var times = 0; times < 2; times++)
        {
            _engine.Run(new RejectRefund { PaymentId = Payment, RefundId = _engine.Happened<RefundRequested>().Last().RefundId, Reason = "Used already" });
            _engine.StateOf("order", "o").ShouldBe("Stuck");
            _engine.Run(new RetryFlow { SagaId = "o" }).State.ShouldBe(CommandState.Succeeded);
        }
    }

    [Test]
    public void A_full_refund_of_an_order_that_is_not_shipped_cancels_it_and_gives_its_stock_back()
    {
        Order();
        Refund("r1", 40, Payment);
        Succeed();
        _engine.Sent<CancelOrder>().ShouldBeEmpty();
        Refund("r2", 10, Payment);
        Succeed();

        State("r2").ShouldBe("Refunded");
        _engine.Happened<OrderCancelled>().Single().OrderId.ShouldBe("o");
        _engine.StateOf("order", "o").ShouldBe("Compensated");
        _engine.Happened<StockReleased>().Single().Reserved.ShouldBe(0);
        _engine.Effects.ShouldNotContain(e => e.Key == Payment);
    }

    [Test]
    public void A_full_refund_of_a_shipped_order_leaves_it_shipped()
    {
        Order();
        _engine.Run(new ShipOrder { OrderId = "o", TrackingNumber = "1Z", Carrier = "UPS" });
        Refund("r1", 50, Payment);
        Succeed();

        State("r1").ShouldBe("Refunded");
        _engine.Happened<OrderCancelled>().ShouldBeEmpty();
        _engine.StateOf("order", "o").ShouldBe("Shipped");
    }

    [Test]
    public void A_cancelled_order_gets_back_only_what_was_not_refunded_before()
    {
        Order();
        Refund("r1", 20, Payment);
        Succeed();

        _engine.Run(new CancelOrder { OrderId = "o", Reason = "Changed my mind" });
        _engine.StateOf("order", "o").ShouldBe("Cancelling");
        var (charge, record) = _engine.Take<RefundCharge>();
        charge.Amount.ShouldBe(30);
        _engine.Answer(record, new RecordRefund { PaymentId = Payment, RefundId = charge.RefundId, Approved = true });

        State(charge.RefundId).ShouldBe("Refunded");
        _engine.StateOf("order", "o").ShouldBe("Compensated");
    }

    [Test]
    public void A_rejection_by_a_person_reaches_the_order_that_waits_for_the_refund()
    {
        Order(price: 60);
        _engine.Run(new CancelOrder { OrderId = "o", Reason = "Changed my mind" });
        var refund = _engine.Happened<RefundRequested>().Single().RefundId;
        State(refund).ShouldBe("AwaitingApproval");

        _engine.Run(new RejectRefund { PaymentId = Payment, RefundId = refund, Reason = "Used already" });

        _engine.StateOf("order", "o").ShouldBe("Stuck");
    }

    [Test]
    public void An_id_is_one_refunds_whatever_its_payment()
    {
        Pay();
        Pay("other");
        Refund("r1", 10);

        Failure(Refund("r1", 10, "other")).ShouldContain("Refund already exists");
    }

    private string Payment => _engine.Happened<PaymentProcessed>().Last().PaymentId;

    private string State(string refund) => _engine.StateOf("refund", refund);

    private Outcome Refund(string id, decimal amount, string payment = "p") =>
        _engine.Run(new RefundPayment { PaymentId = payment, RefundId = id, Amount = amount, Reason = "Broken" });

    private static string Failure(byte[] body) => Encoding.UTF8.GetString(body);

    private string Failure(Outcome asked)
    {
        var outcome = _engine.Store.Outcomes[asked.Id];
        outcome.State.ShouldBe(CommandState.Failed);
        return Failure(outcome.Body);
    }

    private void Pay(string payment = "p")
    {
        _engine.Run(new ProcessPayment { PaymentId = payment, UserId = "u", Amount = 100, Currency = "USD" });
        Charge();
    }

    private void Charge()
    {
        var (charge, record) = _engine.Take<ChargePayment>();
        _engine.Answer(record, new RecordCharge { PaymentId = charge.PaymentId, EffectId = charge.EffectId, Approved = true, GatewayReference = "g-1" });
    }

    private void Order(decimal price = 50)
    {
        _engine.Run(new CreateProduct { ProductId = "laptop", Name = "Laptop", Price = price, Stock = 5 });
        _engine.Run(new CreateOrder
        {
            OrderId = "o",
            UserId = "u",
            Items = [new OrderItem { ProductId = "laptop", Quantity = 1, UnitPrice = price }],
            Payment = new PaymentChoice { Method = "credit_card" },
        });
        Charge();
        _engine.StateOf("order", "o").ShouldBe("Confirmed");
    }

    private void Succeed()
    {
        var (charge, record) = _engine.Take<RefundCharge>();
        _engine.Answer(record, new RecordRefund { PaymentId = charge.PaymentId, RefundId = charge.RefundId, Approved = true });
    }

    private void NoAnswer() => _engine.Answer(
        _engine.Take<RefundCharge>().Record, new RecordRefund { PaymentId = "p", RefundId = "r1", Code = "GATEWAY_TIMEOUT", Reason = "no answer" });
}
