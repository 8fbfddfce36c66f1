using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>What may be done with a payment; its refunds are in <see cref="RefundRules"/>.</summary>
public static class PaymentRules
{
    public const string DefaultGateway = "simulated";
    public const string Declined = "PAYMENT_DECLINED";
    public const string TimedOut = "GATEWAY_TIMEOUT";

    private const string What = "Payment";

    /// <param name="state">The payment; null where there is none.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="commandId">Our id of the command, which the gateway's answer finishes.</param>
    /// <param name="effectId">The charge's idempotency key for life.</param>
    public static Decision Decide(Payment? state, ProcessPayment command, string commandId, string effectId) => state is not null
        ? Refusal.AlreadyExists(What)
        : Decision.Of(new PaymentCreated
        {
            PaymentId = command.PaymentId,
            UserId = command.UserId,
            OrderId = OrNull(command.OrderId),
            Amount = command.Amount.GetValueOrDefault(),
            Currency = command.Currency,
            PaymentMethod = OrNull(command.PaymentMethod),
            Gateway = OrNull(command.Gateway) ?? DefaultGateway,
            Description = command.Description,
            Metadata = command.Metadata,
            CommandId = commandId,
            EffectId = effectId,
        });

    /// <summary>The gateway's answer. One that comes again changes nothing; money that comes too late is to go back.</summary>
    public static Decision Decide(Payment? state, RecordCharge command) => state switch
    {
        null => Refusal.NotFound(What),
        { Status: PaymentStatus.Pending } when command.Approved => Decision.Of(new PaymentProcessed
        {
            PaymentId = state.PaymentId,
            UserId = state.UserId,
            OrderId = state.OrderId,
            Amount = state.Amount,
            Currency = state.Currency,
            GatewayReference = command.GatewayReference,
            CommandId = state.CommandId,
        }),
        { Status: PaymentStatus.Pending } => Decision.Of(new PaymentFailed
        {
            PaymentId = state.PaymentId,
            UserId = state.UserId,
            OrderId = state.OrderId,
            Code = command.Code ?? Declined,
            Reason = command.Reason ?? (command.Code == TimedOut ? "The gateway did not answer in time" : "Payment was declined"),
            CommandId = state.CommandId,
        }),
        { Status: PaymentStatus.Failed or PaymentStatus.Cancelled, PaidAmount: 0 } when command.Approved => Decision.Of(new RefundRequested
        {
            PaymentId = state.PaymentId,
            RefundId = command.EffectId,
            UserId = state.UserId,
            OrderId = state.OrderId,
            Amount = state.Amount,
            Currency = state.Currency,
            Gateway = state.Gateway,
            Reason = $"Charged after the payment was {(state.Status == PaymentStatus.Failed ? "failed" : "cancelled")}",
            Late = true,
            GatewayReference = command.GatewayReference,
        }),
        _ => Decision.Nothing,
    };

    public static Decision Decide(Payment? state, UpdatePayment command)
    {
        if (state.Alive() is not { } payment)
        {
            return Refusal.NotFound(What);
        }

        var changed = new PaymentUpdated
        {
            PaymentId = payment.PaymentId,
            UserId = payment.UserId,
            Description = command.Description,
            Metadata = command.Metadata,
            Cleared = command.Clear,
        };
        if (command.Status != PaymentStatus.Cancelled)
        {
            return Decision.Of(changed);
        }

        if (payment.Status != PaymentStatus.Pending)
        {
            return Refusal.InvalidState($"Cannot cancel {Word(payment)} payment");
        }

        var cancelled = new PaymentCancelled
        {
            PaymentId = payment.PaymentId,
            UserId = payment.UserId,
            OrderId = payment.OrderId,
            CommandId = payment.CommandId,
        };
        return (command.Description ?? command.Metadata ?? (object?)command.Clear) is null ? Decision.Of(cancelled) : Decision.Of(changed, cancelled);
    }

    public static Decision Decide(Payment? state, DeletePayment command) => state.Alive() switch
    {
        null => Refusal.NotFound(What),
        { Status: PaymentStatus.Pending } => Refusal.InvalidState("Cannot delete pending payment"),
        { } payment when payment.Refunds.Any(refund => refund.IsOpen) => Refusal.InvalidState("Cannot delete payment with an open refund"),
        { } payment => Decision.Of(new PaymentDeleted { PaymentId = payment.PaymentId, UserId = payment.UserId, Reason = command.Reason }),
    };

    /// <summary>The undo of a delete.</summary>
    public static Decision Restore(Payment? state) => state switch
    {
        null => Refusal.NotFound(What),
        { Deleted: false } => Refusal.InvalidState("Payment is not deleted"),
        _ => Decision.Of(new PaymentRestored { PaymentId = state.PaymentId, UserId = state.UserId }),
    };

    internal static string Word(Payment payment) => payment.Status.ToLowerInvariant().Replace('_', ' ');

    private static string? OrNull(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
