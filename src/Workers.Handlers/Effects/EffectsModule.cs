using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Engine.Cache;
using Workers.Engine.Control;
using Workers.Engine.Effects;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;
using Workers.Handlers.Effects.Maintenance;
using Workers.Handlers.Effects.Notifications;
using Workers.Handlers.Effects.Outside;
using Workers.Handlers.Effects.Payments;
using Workers.Handlers.Effects.Services;
using Workers.Handlers.Effects.Webhooks;
using Workers.Handlers.Projections;

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
        services.AddSingleton<WebhookPost>().AddSingleton<IEffectHandler, DeliverCompletionHandler>();
        services.AddSingleton<HandlerClient>().AddSingleton<CircuitReports>().AddSingleton<IEffectHandler, CallHandlerHandler>()
            .AddSingleton<IEffectHandler, DeliverEventHandler>().AddSingleton<IOutsideQueries, OutsideQueries>();
        services.TryAddSingleton(new SensitiveMask(SensitiveMask.DefaultNames));
        services.TryAddSingleton(new CqrsOptions());
        services.TryAddSingleton<ListPruning>();
        services.TryAddSingleton<ProjectionRebuild>();
        services.AddSingleton<IEffectHandler>(provider => new RunMaintenanceHandler(
            provider.GetRequiredService<Retention>(), provider.GetRequiredService<ProjectionRebuild>(), provider.GetRequiredService<ListPruning>(),
            provider.GetService<CacheWarming>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new StateReaders(provider.GetRequiredService<IStateStore>()));
        services.TryAddSingleton(new OutcomeOptions());
        services.TryAddSingleton(provider => new CancelScan(
            provider.GetRequiredService<IReadModelStore>(), new Lazy<StateReaders>(provider.GetRequiredService<StateReaders>), provider.GetRequiredService<OutcomeOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IEffectHandler, FindCancellableHandler>();
        services.AddSingleton<IEffectHandler, ChargePaymentHandler>();
        services.AddSingleton<IEffectHandler, RefundChargeHandler>();
        services.AddSingleton<IEffectHandler, DeliverNotificationHandler>();
        return services;
    }
}
