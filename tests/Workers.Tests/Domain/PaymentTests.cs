using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;

namespace Workers.Tests.Domain;

[Parallelizable(ParallelScope.All)]
public sealed class PaymentTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly RecordCharge Charged = new() { PaymentId = "p", EffectId = "e", Approved = true, GatewayReference = "g-1" };

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property No_sequence_gives_back_or_sets_aside_more_than_was_paid()
    {
        var step = from action in Gen.Elements("charge", "decline", "cancel", "refund", "refund", "approve", "reject", "done", "done", "refused", "silence", "rest")
                   from cents in Gen.Choose(1, 6000)
                   from refund in Gen.Choose(0, 5)
                   select (action, cents, refund);
        return Prop.ForAll(Gen.ListOf(step).ToArbitrary(), steps =>
        {
            var payment = Open();
            var asked = 0;
            foreach (var (action, cents, refund) in steps)
            {
                var id = $"r{refund}";
                var decision = action switch
                {
                    "charge" => PaymentRules.Decide(payment, Charged),
                    "decline" => PaymentRules.Decide(payment, Charged with { Approved = false }),
                    "cancel" => PaymentRules.Decide(payment, new UpdatePayment { PaymentId = "p", Status = PaymentStatus.Cancelled }),
                    "refund" => Refund(payment, $"r{asked++ % 6}", cents / 100m, threshold: 30),
                    "approve" => RefundRules.Decide(payment, new ApproveRefund { PaymentId = "p", RefundId = id }),
                    "reject" => RefundRules.Decide(payment, new RejectRefund { PaymentId = "p", RefundId = id }),
                    "rest" => RefundRules.Decide(payment, new RefundRemainder { PaymentId = "p", RefundId = $"r{asked++ % 6}", Reason = "r" }, "c", 30),
                    "silence" => RefundRules.Decide(payment, new RecordRefund { PaymentId = "p", RefundId = id, Code = PaymentRules.TimedOut }),
                    _ => RefundRules.Decide(payment, new RecordRefund { PaymentId = "p", RefundId = id, Approved = action == "done" }),
                };
                payment = Fold.Of(payment, decision.Events, Now)!;
                var back = payment.Refunds.Where(one => one.Status == RefundStatus.Refunded).Sum(one => one.Amount);
                if (payment.RefundedAmount != back || payment.Refundable < 0 || payment.PaidAmount > payment.Amount || back > payment.PaidAmount)
                {
                    return false;
                }
            }

            return true;
        });
    }

    [Test]
    public void A_charge_is_recorded_once_and_a_late_repeat_changes_nothing()
    {
        var paid = After(Open(), PaymentRules.Decide(Open(), Charged));

        (paid.Status, paid.PaidAmount, paid.GatewayReference).ShouldBe((PaymentStatus.Processed, 100, "g-1"));
        PaymentRules.Decide(paid, Charged).Events.ShouldBeEmpty();
        PaymentRules.Decide(paid, Charged with { Approved = false }).Events.ShouldBeEmpty();
    }

    [Test]
    public void A_declined_charge_fails_the_payment_with_its_code()
    {
        var declined = PaymentRules.Decide(Open(), Charged with { Approved = false }).Events.Single().ShouldBeOfType<PaymentFailed>();
        var late = PaymentRules.Decide(Open(), Charged with { Approved = false, Code = PaymentRules.TimedOut }).Events.Single().ShouldBeOfType<PaymentFailed>();

        (declined.Code, declined.CommandId, late.Code).ShouldBe(("PAYMENT_DECLINED", "c-1", "GATEWAY_TIMEOUT"));
    }

    [TestCase("timeout")]
    [TestCase("cancel")]
    public void Money_that_comes_after_the_end_goes_back_and_the_payment_stays_ended(string end)
    {
        var open = Open();
        var ended = After(open, end == "cancel"
            ? PaymentRules.Decide(open, new UpdatePayment { PaymentId = "p", Status = PaymentStatus.Cancelled })
            : PaymentRules.Decide(open, Charged with { Approved = false, Code = PaymentRules.TimedOut }));

        var asked = PaymentRules.Decide(ended, Charged);
        var requested = asked.Events.Single().ShouldBeOfType<RefundRequested>();
        (requested.Late, requested.Amount, requested.NeedsApproval, requested.CommandId).ShouldBe((true, 100, false, null));

        var late = After(ended, asked);
        PaymentRules.Decide(late, Charged).Events.ShouldBeEmpty();
        var back = After(late, RefundRules.Decide(late, new RecordRefund { PaymentId = "p", RefundId = requested.RefundId, Approved = true }));
        (back.Status, back.RefundedAmount, back.Refundable).ShouldBe((ended.Status, 100, 0));
    }

    [Test]
    public void Two_refunds_at_once_share_what_was_paid()
    {
        var paid = Paid();
        var first = After(paid, Refund(paid, "r1", 60, threshold: null));

        Refund(first, "r2", 60, threshold: null).Refusal.ShouldBe(new Refusal("REFUND_EXCEEDS_PAYMENT", "Refund exceeds what is left of the payment"));
        var both = After(first, Refund(first, "r2", 40, threshold: null));
        var one = After(both, Recorded(both, "r1", true));
        var all = After(one, Recorded(one, "r2", true));

        (one.Status, all.Status, all.RefundedAmount).ShouldBe((PaymentStatus.PartiallyRefunded, PaymentStatus.Refunded, 100));
        Refund(all, "r3", 1, threshold: null).Refusal!.Message.ShouldBe("Payment is already refunded");
    }

    [Test]
    public void A_refund_that_the_gateway_refuses_leaves_its_amount_for_another()
    {
        var asked = After(Paid(), Refund(Paid(), "r1", 100, threshold: null));
        var refused = Recorded(asked, "r1", false);

        refused.Events.Single().ShouldBeOfType<RefundRejected>().Code.ShouldBe("REFUND_DECLINED");
        After(asked, refused).Refundable.ShouldBe(100);
        Recorded(After(asked, refused), "r1", true).Events.ShouldBeEmpty();
    }

    [Test]
    public void Above_the_threshold_somebody_must_approve()
    {
        var paid = Paid();
        Refund(paid, "r", 50, threshold: 50).Events.Single().ShouldBeOfType<RefundRequested>().NeedsApproval.ShouldBeFalse();
        var asked = After(paid, Refund(paid, "r", 51, threshold: 50));

        Recorded(asked, "r", true).Refusal!.Message.ShouldBe("Refund is not approved");
        var approved = After(asked, RefundRules.Decide(asked, new ApproveRefund { PaymentId = "p", RefundId = "r" }));
        RefundRules.Decide(approved, new RejectRefund { PaymentId = "p", RefundId = "r" }).Refusal!.Message.ShouldBe("Refund is already approved");
        RefundRules.Decide(approved, new ApproveRefund { PaymentId = "p", RefundId = "other" }).Refusal!.Message.ShouldBe("Refund not found");
        Recorded(approved, "r", true).Events.Single().ShouldBeOfType<PaymentRefunded>().CommandId.ShouldBe("c-r");
    }

    [Test]
    public void A_payment_in_flight_or_with_an_open_refund_is_not_deleted_and_a_deleted_one_gives_nothing_back()
    {
        var delete = new DeletePayment { PaymentId = "p" };
        var asked = After(Paid(), Refund(Paid(), "r", 1, threshold: null));

        PaymentRules.Decide(Open(), delete).Refusal!.Message.ShouldBe("Cannot delete pending payment");
        PaymentRules.Decide(asked, delete).Refusal!.Message.ShouldBe("Cannot delete payment with an open refund");
        var deleted = After(Paid(), PaymentRules.Decide(Paid(), delete));
        Refund(deleted, "r", 1, threshold: null).Refusal!.Message.ShouldBe("Payment not found");
        After(deleted, PaymentRules.Restore(deleted)).Deleted.ShouldBeFalse();
    }

    [TestCase("PENDING", "Cannot refund pending payment")]
    [TestCase("FAILED", "Cannot refund failed payment")]
    [TestCase("CANCELLED", "Cannot refund cancelled payment")]
    public void Only_what_was_taken_is_given_back(string status, string message) =>
        Refund(Open() with { Status = status }, "r", 1, threshold: null).Refusal!.Message.ShouldBe(message);

    private static Decision Refund(Payment payment, string id, decimal amount, decimal? threshold) =>
        RefundRules.Decide(payment, new RefundPayment { PaymentId = "p", RefundId = id, Amount = amount, Reason = "r" }, $"c-{id}", threshold);

    private static Decision Recorded(Payment payment, string id, bool approved) =>
        RefundRules.Decide(payment, new RecordRefund { PaymentId = "p", RefundId = id, Approved = approved });

    private static Payment Paid() => After(Open(), PaymentRules.Decide(Open(), Charged));

    private static Payment After(Payment before, Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        return Fold.Of(before, decision.Events, Now)!;
    }

    private static Payment Open()
    {
        var command = new ProcessPayment { PaymentId = "p", UserId = "u", Amount = 100, Currency = "USD" };
        return Fold.Of<Payment>(null, PaymentRules.Decide(null, command, "c-1", "e").Events, Now)!;
    }
}
