using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>Money back: never more than was taken, however many ask at once, since what is asked for is set aside.</summary>
public static class RefundRules
{
    public const string Rejected = "REFUND_REJECTED";
    public const string Declined = "REFUND_DECLINED";

    /// <param name="state">The payment; null where there is none.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="commandId">Our id of the command, which the refund's end finishes; also the refund's id where the command names none.</param>
    /// <param name="approvalThreshold">Above this amount somebody must approve; null for never.</param>
    public static Decision Decide(Payment? state, RefundPayment command, string commandId, decimal? approvalThreshold)
    {
        if (state.Alive() is not { } payment)
        {
            return Refusal.NotFound("Payment");
        }

        var refundId = string.IsNullOrEmpty(command.RefundId) ? commandId : command.RefundId;
        var amount = command.Amount.GetValueOrDefault();
        if (payment.FindRefund(refundId) is not null)
        {
            return Refusal.AlreadyExists("Refund");
        }

        if (payment.Status is PaymentStatus.Pending or PaymentStatus.Failed or PaymentStatus.Cancelled)
        {
            return Refusal.InvalidState($"Cannot refund {PaymentRules.Word(payment)} payment");
        }

        if (!string.IsNullOrEmpty(command.Currency) && command.Currency != payment.Currency)
        {
            return new Refusal(Refusal.ValidationCode, $"currency must be the payment's, {payment.Currency}");
        }

        if (payment.Status == PaymentStatus.Refunded)
        {
            return Refusal.InvalidState("Payment is already refunded");
        }

        if (amount > payment.Refundable)
        {
            return new Refusal(Refusal.RefundExceedsPaymentCode, "Refund exceeds what is left of the payment");
        }

        return Decision.Of(new RefundRequested
        {
            PaymentId = payment.PaymentId,
            RefundId = refundId,
            UserId = payment.UserId,
            OrderId = payment.OrderId,
            Amount = amount,
            Currency = payment.Currency,
            Gateway = payment.Gateway,
            Reason = command.Reason,
            NeedsApproval = amount > approvalThreshold,
            GatewayReference = payment.GatewayReference,
            CommandId = commandId,
        });
    }

    public static Decision Decide(Payment? state, ApproveRefund command)
    {
        if (state.Alive() is not { } payment || payment.FindRefund(command.RefundId) is not { } refund)
        {
            return Refusal.NotFound("Refund");
        }

        return refund.Status != RefundStatus.Requested
            ? Refusal.InvalidState($"Refund is already {Word(refund)}")
            : Decision.Of(new RefundApproved
            {
                PaymentId = payment.PaymentId,
                RefundId = refund.RefundId,
                UserId = payment.UserId,
                Amount = refund.Amount,
                Reason = command.Reason,
            });
    }

    public static Decision Decide(Payment? state, RejectRefund command)
    {
        if (state.Alive() is not { } payment || payment.FindRefund(command.RefundId) is not { } refund)
        {
            return Refusal.NotFound("Refund");
        }

        return refund.Status != RefundStatus.Requested
            ? Refusal.InvalidState($"Refund is already {Word(refund)}")
            : Decision.Of(Rejection(payment, refund, Rejected, command.Reason ?? "Refund was rejected"));
    }

    /// <summary>The gateway's answer; one that comes again changes nothing.</summary>
    public static Decision Decide(Payment? state, RecordRefund command)
    {
        if (state is null || state.FindRefund(command.RefundId) is not { } refund)
        {
            return Refusal.NotFound("Refund");
        }

        if (refund.Status == RefundStatus.Requested)
        {
            return Refusal.InvalidState("Refund is not approved");
        }

        if (refund.Status != RefundStatus.Approved)
        {
            return Decision.Nothing;
        }

        if (!command.Approved)
        {
            return Decision.Of(Rejection(state, refund, Declined, command.Reason ?? "Refund was declined"));
        }

        var refunded = state.RefundedAmount + refund.Amount;
        return Decision.Of(new PaymentRefunded
        {
            PaymentId = state.PaymentId,
            UserId = state.UserId,
            OrderId = state.OrderId,
            RefundId = refund.RefundId,
            Amount = refund.Amount,
            RefundedAmount = refunded,
            Currency = state.Currency,
            Status = StatusAfter(state, refund, refunded),
            CommandId = refund.CommandId,
        });
    }

    // A payment that failed or was cancelled stays so when its late money goes back.
    private static string StatusAfter(Payment payment, Refund refund, decimal refunded) =>
        refund.Late ? payment.Status : refunded >= payment.PaidAmount ? PaymentStatus.Refunded : PaymentStatus.PartiallyRefunded;

    private static RefundRejected Rejection(Payment payment, Refund refund, string code, string reason) => new()
    {
        PaymentId = payment.PaymentId,
        RefundId = refund.RefundId,
        UserId = payment.UserId,
        Amount = refund.Amount,
        Code = code,
        Reason = reason,
        CommandId = refund.CommandId,
    };

    private static string Word(Refund refund) => refund.Status.ToLowerInvariant();
}
