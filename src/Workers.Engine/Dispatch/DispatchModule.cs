using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Workers.Engine.Dispatch.Contexts;
using Workers.Engine.Dispatch.Sagas;

namespace Workers.Engine.Dispatch;

/// <summary>MassTransit, as the platform uses it: consumers, sagas and their pipeline, without its transports.</summary>
public static class DispatchModule
{
    /// <summary>
    /// Registers consumers and sagas and what makes <see cref="Receivers"/> of them. The bus behind them is configuration only: it is
    /// never started, and what is sent through it directly throws. A <see cref="MessageRegistry"/> must be registered beside.
    /// </summary>
    public static IServiceCollection AddDispatch(this IServiceCollection services, Action<IBusRegistrationConfigurator> consumersAndSagas)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetSagaRepositoryProvider(new SessionSagaProvider());
            bus.AddConsumer<IdleConsumer>();
            consumersAndSagas(bus);
            bus.UsingInMemory((_, memory) =>
            {
                memory.MessageTopology.SetEntityNameFormatter(new PublishName());
                memory.ConnectSendObserver(new BusGuard());
                memory.ConnectPublishObserver(new BusGuard());
            });
        });
        services.RemoveMassTransitHostedService();

        // It would report the bus as not started, which it is never to be.
        services.PostConfigure<HealthCheckServiceOptions>(health =>
        {
            foreach (var check in health.Registrations.Where(r => r.Tags.Contains("masstransit")).ToArray())
            {
                health.Registrations.Remove(check);
            }
        });
        services.TryAddSingleton<Receivers>();
        return services;
    }
}
