using Workers.Contracts.Effects;
using Workers.Engine.Options;
using Workers.Handlers.Effects.Services;

namespace Workers.Handlers.Effects.Payments;

/// <summary>The gateways that the configuration names, each behind the pipeline <c>gateway:{name}</c>.</summary>
internal sealed class PaymentGateways : IDisposable
{
    private readonly Dictionary<string, Guarded> _gateways = new(StringComparer.OrdinalIgnoreCase);

    public PaymentGateways(IDictionary<string, GatewayOptions> options, SimulatedLedger ledger, ServicePipelines services, TimeProvider clock)
    {
        foreach (var (name, gateway) in options)
        {
            IPaymentGateway inner = gateway.IsHttp
                ? new HttpGateway(name, new Uri(gateway.Url), gateway.Secret, clock)
                : new SimulatedGateway(ledger, TimeSpan.FromMilliseconds(gateway.LatencyMs), clock);
            _gateways.Add(name, new Guarded(inner, services.Get($"gateway:{name}", gateway.Timeout)));
        }
    }

    /// <exception cref="InvalidOperationException">There is none of that name (any more).</exception>
    public IPaymentGateway Get(string name) => _gateways.TryGetValue(name, out var gateway)
        ? gateway
        : throw new InvalidOperationException($"There is no gateway '{name}': add Workers:Gateways:{name}");

    public void Dispose()
    {
        foreach (var gateway in _gateways.Values)
        {
            (gateway.Inner as IDisposable)?.Dispose();
        }
    }

    private sealed class Guarded(IPaymentGateway inner, ServicePipeline service) : IPaymentGateway
    {
        public IPaymentGateway Inner => inner;

        public async ValueTask<GatewayAnswer> ChargeAsync(string idempotencyKey, ChargePayment charge, CancellationToken cancellation) =>
            await service.CallAsync(token => inner.ChargeAsync(idempotencyKey, charge, token), cancellation);

        public async ValueTask<GatewayAnswer> RefundAsync(string idempotencyKey, RefundCharge refund, CancellationToken cancellation) =>
            await service.CallAsync(token => inner.RefundAsync(idempotencyKey, refund, token), cancellation);
    }
}
