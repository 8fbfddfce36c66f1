using System.Globalization;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;

namespace Workers.Handlers.Flows;

/// <summary>What the refund flow remembers and sends at each step: pure functions of its state.</summary>
internal static class RefundFlowSteps
{
    public static void Begin(RefundFlowState flow, RefundRequested requested)
    {
        flow.RefundId = requested.RefundId;
        flow.PaymentId = requested.PaymentId;
        flow.UserId = requested.UserId;
        flow.OrderId = requested.OrderId;
        flow.Amount = requested.Amount;
        flow.Currency = requested.Currency;
        flow.Gateway = requested.Gateway;
        flow.GatewayReference = requested.GatewayReference;
        flow.Reason = requested.Reason;
        flow.AskedByOrder = requested.Flow?.StartsWith(OrderFlow.Saga + "/", StringComparison.Ordinal) ?? false;
    }

    public static RefundCharge GiveBack(RefundFlowState flow) => new()
    {
        PaymentId = flow.PaymentId,
        RefundId = flow.RefundId,
        Amount = flow.Amount,
        Currency = flow.Currency,
        Gateway = flow.Gateway,
        GatewayReference = flow.GatewayReference,
        Reason = flow.Reason,
    };

    public static RejectRefund NotApproved(RefundFlowState flow, TimeSpan waited) =>
        Reject(flow, string.Create(CultureInfo.InvariantCulture, $"Nobody approved the refund within {waited.TotalHours:0.##} hours"));

    public static ApproveRefund Approve(RefundFlowState flow, string? reason) => new() { PaymentId = flow.PaymentId, RefundId = flow.RefundId, Reason = reason };

    public static RejectRefund Reject(RefundFlowState flow, string? reason) => new() { PaymentId = flow.PaymentId, RefundId = flow.RefundId, Reason = reason };

    /// <summary>All the money of an order is back: there is nothing to ship any more.</summary>
    public static bool EndsOrder(RefundFlowState flow, PaymentRefunded refunded) =>
        flow is { OrderId: not null, AskedByOrder: false } && refunded.Status == PaymentStatus.Refunded;

    public static CancelOrder Cancel(RefundFlowState flow) => new() { OrderId = flow.OrderId!, Reason = flow.Reason, UserId = flow.UserId };

    public static SendNotification Notify(RefundFlowState flow) => new()
    {
        NotificationId = Ids.Derived(flow.CorrelationId, "refunded").ToString(),
        UserId = flow.UserId,
        Channel = "email",
        Type = "payment_refunded",
        Title = "Your money is on its way back",
        Message = string.Create(CultureInfo.InvariantCulture, $"{flow.Amount:0.00} {flow.Currency} of payment {flow.PaymentId} were refunded."),
    };
}
