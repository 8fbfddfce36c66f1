using Workers.Contracts.Effects;

namespace Workers.Handlers.Effects.Payments;

/// <summary>
/// Moves money. A repeated idempotency key moves nothing and answers the same. What leaves as an exception means: not known, to be asked again with
/// the same key; a no of the gateway is an answer.
/// </summary>
public interface IPaymentGateway
{
    ValueTask<GatewayAnswer> ChargeAsync(string idempotencyKey, ChargePayment charge, CancellationToken cancellation);

    ValueTask<GatewayAnswer> RefundAsync(string idempotencyKey, RefundCharge refund, CancellationToken cancellation);
}

/// <param name="Approved">The money was moved.</param>
/// <param name="Reference">The gateway's own id of it.</param>
/// <param name="Reason">Why not, for people.</param>
public sealed record GatewayAnswer(bool Approved, string? Reference = null, string? Reason = null);
