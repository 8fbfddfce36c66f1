using System.Collections.Concurrent;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Effects;

namespace Workers.Tests.Effects;

/// <summary>A handler of charges that does what the test says, and remembers its calls.</summary>
internal sealed class ScriptedHandler(Func<ChargePayment, EffectContext, CancellationToken, Task<ICommand>> script) : EffectHandler<ChargePayment>
{
    public ConcurrentQueue<(ChargePayment Effect, EffectContext Context)> Calls { get; } = new();

    public EffectPolicy Tries { get; init; } = new();

    public override EffectPolicy Policy => Tries;

    public static ICommand Approved(ChargePayment effect) => new RecordCharge { PaymentId = effect.PaymentId, EffectId = effect.EffectId, Approved = true };

    protected override Task<ICommand> ExecuteAsync(ChargePayment effect, EffectContext context, CancellationToken cancellation)
    {
        Calls.Enqueue((effect, context));
        return script(effect, context, cancellation);
    }

    protected override ICommand GaveUp(ChargePayment effect, string code, string reason) =>
        new RecordCharge { PaymentId = effect.PaymentId, EffectId = effect.EffectId, Code = code, Reason = reason };
}
