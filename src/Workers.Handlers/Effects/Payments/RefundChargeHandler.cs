using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Domain;
using Workers.Engine.Effects;
using Workers.Engine.Options;

namespace Workers.Handlers.Effects.Payments;

/// <summary>Gives money back until the gateway answers, for <c>Refunds:RetryFor</c>; then somebody has to look.</summary>
internal sealed class RefundChargeHandler(PaymentGateways gateways, RefundOptions options) : EffectHandler<RefundCharge>
{
    public override EffectPolicy Policy { get; } = new()
    {
        Delays = [.. new EffectPolicy().Delays, TimeSpan.FromMinutes(30)],
        Deadline = options.RetryFor,
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
        Code = PaymentRules.TimedOut,
        Reason = $"The gateway did not answer in {options.RetryFor:g}: {reason}",
    };
}
