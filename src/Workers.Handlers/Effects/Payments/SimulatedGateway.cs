using Workers.Contracts;
using Workers.Contracts.Effects;

namespace Workers.Handlers.Effects.Payments;

/// <summary>
/// A gateway for trying out: amounts ending in .13 are declined; .17 are moved, but the first answer is lost (the repeat of the key is answered);
/// .19 never answer and never move anything.
/// </summary>
internal sealed class SimulatedGateway(SimulatedLedger ledger, TimeSpan latency, TimeProvider clock) : IPaymentGateway
{
    public ValueTask<GatewayAnswer> ChargeAsync(string idempotencyKey, ChargePayment charge, CancellationToken cancellation) =>
        MoveAsync("charge", idempotencyKey, charge.PaymentId, charge.Amount, cancellation);

    public ValueTask<GatewayAnswer> RefundAsync(string idempotencyKey, RefundCharge refund, CancellationToken cancellation) =>
        MoveAsync("refund", idempotencyKey, refund.PaymentId, refund.Amount, cancellation);

    private async ValueTask<GatewayAnswer> MoveAsync(string kind, string key, string payment, decimal amount, CancellationToken cancellation)
    {
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, clock, cancellation);
        }

        var cents = (int)(decimal.Truncate(amount * 100) % 100);
        switch (cents)
        {
            case 13:
                return new GatewayAnswer(false, Reason: $"The simulated gateway declines amounts ending in .13: {kind} of {amount}");
            case 19:
                throw new TimeoutException("The simulated gateway does not answer for amounts ending in .19");
            default:
                var isNew = ledger.TryAdd(kind, key, payment, amount);
                return cents == 17 && isNew
                    ? throw new TimeoutException("The simulated gateway's first answer is lost for amounts ending in .17")
                    : new GatewayAnswer(true, $"sim_{Ids.OfCaller("simulated", kind, key):N}");
        }
    }
}
