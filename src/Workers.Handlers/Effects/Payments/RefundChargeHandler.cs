using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Effects;

namespace Workers.Handlers.Effects.Payments;

/// <summary>Gives money back until the gateway answers, for a day.</summary>
internal sealed class RefundChargeHandler(PaymentGateways gateways) : EffectHandler<RefundCharge>
{
    public override EffectPolicy Policy { get; } = new()
    {
        Delays = [.. new EffectPolicy().Delays, TimeSpan.FromMinutes(30)],
        Deadline = TimeSpan.FromHours(24),
    };

    protected override async Task<ICommand> ExecuteAsync(RefundCharge effect, EffectContext context, CancellationToken cancellation)
    {
        var answer = await gateways.Get(effect.Gateway).RefundAsync(context.IdempotencyKey, effect, cancellation);
        return new RecordRefund { PaymentId = effect.PaymentId, RefundId = effect.RefundId, Approved = answer.Approved, Reason = answer.Reason };
    }

    protected override ICommand GaveUp(RefundCharge effect, string code, string reason) => new RecordRefund
    {
        PaymentId = effect.PaymentId,
        RefundId = effect.RefundId,
        Reason = "The gateway did not answer within 24 hours",
    };
}
