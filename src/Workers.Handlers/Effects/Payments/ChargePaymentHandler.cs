using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Domain;
using Workers.Engine.Effects;

namespace Workers.Handlers.Effects.Payments;

/// <summary>Charges until the gateway answers; after 15 minutes without an answer the payment fails.</summary>
internal sealed class ChargePaymentHandler(PaymentGateways gateways) : EffectHandler<ChargePayment>
{
    public override EffectPolicy Policy { get; } = new() { Deadline = TimeSpan.FromMinutes(15) };

    protected override async Task<ICommand> ExecuteAsync(ChargePayment effect, EffectContext context, CancellationToken cancellation)
    {
        var answer = await gateways.Get(effect.Gateway).ChargeAsync(context.IdempotencyKey, effect, cancellation);
        return new RecordCharge
        {
            PaymentId = effect.PaymentId,
            EffectId = effect.EffectId,
            Approved = answer.Approved,
            Code = answer.Approved ? null : PaymentRules.Declined,
            Reason = answer.Reason,
            GatewayReference = answer.Reference,
        };
    }

    protected override ICommand GaveUp(ChargePayment effect, string code, string reason) => new RecordCharge
    {
        PaymentId = effect.PaymentId,
        EffectId = effect.EffectId,
        Code = PaymentRules.TimedOut,
        Reason = "The gateway did not answer in time",
    };
}
