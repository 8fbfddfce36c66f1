using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Engine.Effects;
using Workers.Engine.Options;
using Workers.Handlers.Effects.Notifications;
using Workers.Handlers.Effects.Payments;
using Workers.Handlers.Effects.Services;

namespace Workers.Handlers.Effects;

public static class EffectsModule
{
    /// <summary>
    /// Adds the handlers of all effects (<see cref="IEffectHandler"/>), for an <see cref="EffectsPump"/> that the host makes, starts and stops, and the
    /// <see cref="ServicePipelines"/> they call through. <see cref="EffectOptions"/>, <see cref="NotificationOptions"/>, <see cref="RefundOptions"/> and the gateways
    /// (<c>IDictionary&lt;string, GatewayOptions&gt;</c>) must be registered beside.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="data">Directory of <c>gateway-simulated.log</c>, which is made when a simulated gateway first moves money.</param>
    public static IServiceCollection AddEffects(this IServiceCollection services, string data)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ServicePipelines>();
        services.AddSingleton(provider => new SimulatedLedger(Path.Combine(data, "gateway-simulated.log"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PaymentGateways>();
        services.AddSingleton<INotificationSender>(provider => provider.GetRequiredService<NotificationOptions>().Kind == "webhook"
            ? ActivatorUtilities.CreateInstance<WebhookSender>(provider)
            : ActivatorUtilities.CreateInstance<LogSender>(provider));
        services.AddSingleton<IEffectHandler, ChargePaymentHandler>();
        services.AddSingleton<IEffectHandler, RefundChargeHandler>();
        services.AddSingleton<IEffectHandler, DeliverNotificationHandler>();
        return services;
    }
}
