using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Bus;
using Workers.Bus.Middleware;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Dispatch;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;
using Workers.Handlers.Commands;
using Workers.Handlers.Flows;
using Workers.Handlers.Projections;

namespace Workers.Handlers;

/// <summary>Commands and flows: what is registered, and the tables by which the pumps dispatch.</summary>
public static class HandlersModule
{
    public static IServiceCollection AddHandlers(
        this IServiceCollection services, DomainOptions domain, RefundOptions refunds, OrderFlowOptions orders, SchedulerOptions? scheduler = null, OutcomeOptions? outcomes = null)
    {
        var handlers = new HandlerList();
        var users = new Users(domain);
        users.Register(handlers);
        Orders.Register(handlers);
        Payments.Register(handlers);
        new Refunds(refunds).Register(handlers);
        Products.Register(handlers);
        Notifications.Register(handlers);
        Platform.Register(handlers);
        FlowCommands.Register(handlers);
        new Undoing(users, refunds).Register(handlers);
        services.AddSingleton(handlers);
        IServiceProvider? provided = null;
        Registrations.Register(handlers);
        Circuits.Register(handlers);
        Keys.Register(handlers);
        Figures.Register(handlers);
        Subscriptions.Register(handlers);
        var mask = new Lazy<SensitiveMask>(() => provided!.GetRequiredService<SensitiveMask>());
        new CqrsCommands(mask).Register(handlers);
        DelayedCommands.Register(handlers);
        Schedules.Register(handlers);
        new ScheduleFires(scheduler ?? new SchedulerOptions(), outcomes ?? new OutcomeOptions()).Register(handlers);
        Replays.Register(handlers);
        Cancellations.Register(handlers);
        new DeadLetters(mask).Register(handlers);
        new Queues(new Lazy<QueueScan>(() => provided!.GetRequiredService<QueueScan>())).Register(handlers);
        services.AddSingleton(handlers).AddSingleton<QueueScan>();
        services.TryAddSingleton(new SensitiveMask(SensitiveMask.DefaultNames));
        services.TryAddKeyedSingleton(EngineMeter.Name, static (_, name) => new ActivitySource((string)name));
        services.AddSingleton(orders);
        services.AddSingleton(refunds);
        services.AddSingleton(Routes());
        services.AddSingleton(Messages());
        services.AddSingleton(provider =>
        {
            provided = provider;

            // What becomes of a command that throws is told in one place, by the pump: the bus makes no result of it.
            var settings = (provider.GetService<BusSettings>() ?? new BusSettings()).Command;
            var bus = new CommandBus(new CommandBusOptions
            {
                InitialCapacity = settings.InitialCapacity,
                EnableMetrics = settings.EnableMetrics,
                Middleware = [new TracingMiddleware(provider.GetRequiredKeyedService<ActivitySource>(EngineMeter.Name), begins: false)],
                PassThrough = static _ => true,
            });
            foreach (var handler in handlers.All)
            {
                handler.OnBus(bus);
            }

            return bus;
        });
        return services.AddDispatch(masstransit =>
        {
            foreach (var handler in handlers.All)
            {
                handler.OnMassTransit(masstransit);
            }

            masstransit.AddSagaStateMachine<OrderFlow, OrderFlowState>();
            masstransit.AddSagaStateMachine<RefundFlow, RefundFlowState>();
        });
    }

    /// <summary>The table of the commands group.</summary>
    public static DispatchTable CommandTable(IServiceProvider services)
    {
        var receivers = services.GetRequiredService<Receivers>();
        return new DispatchTable(
            "commands", services.GetRequiredService<MessageRegistry>(),
            [.. services.GetRequiredService<HandlerList>().All.Where(h => h.Topic == Topics.Commands).Select(h => h.OnReceivers(receivers))]);
    }

    /// <summary>The table of the control group: what concerns every worker.</summary>
    public static DispatchTable ControlTable(IServiceProvider services)
    {
        var receivers = services.GetRequiredService<Receivers>();
        return new DispatchTable(
            "control", services.GetRequiredService<MessageRegistry>(),
            [
                .. services.GetRequiredService<HandlerList>().All.Where(h => h.Topic == Topics.Control || h.Command == typeof(RunSystemAction))
                    .Select(h => h.OnReceivers(receivers)),
            ]);
    }

    /// <summary>The table of the sagas group.</summary>
    public static DispatchTable FlowTable(IServiceProvider services)
    {
        var receivers = services.GetRequiredService<Receivers>();
        return new DispatchTable(
            "sagas", services.GetRequiredService<MessageRegistry>(),
            [receivers.Saga(OrderFlow.Saga, FlowsJson.Default.OrderFlowState), receivers.Saga(RefundFlow.Saga, FlowsJson.Default.RefundFlowState)]);
    }

    /// <summary>For each command the kind of the state at its key, read ahead for a whole batch.</summary>
    public static IReadOnlyDictionary<Type, string> StateKinds(IServiceProvider services) =>
        services.GetRequiredService<HandlerList>().All.Where(h => h.Kind is not null).ToDictionary(h => h.Command, h => h.Kind!);

    /// <summary>The flows that an event concerns by its type.</summary>
    private static FlowRoutes Routes() => new FlowRoutes()
        .Waits(OrderFlow.Saga, OrderFlow.WaitsFor)
        .On<OrderCreated>(OrderFlow.Saga, e => e.Payment is null ? null : e.OrderId)
        .On<OrderShipped>(OrderFlow.Saga, e => e.OrderId)
        .On<OrderDelivered>(OrderFlow.Saga, e => e.OrderId)
        .On<OrderCancelled>(OrderFlow.Saga, e => e.OrderId)
        .Waits(RefundFlow.Saga, RefundFlow.WaitsFor)
        .On<RefundRequested>(RefundFlow.Saga, e => e.RefundId)
        .On<RefundApproved>(RefundFlow.Saga, e => e.RefundId)
        .On<RefundRejected>(RefundFlow.Saga, e => e.RefundId)
        .On<RefundReviewRequired>(RefundFlow.Saga, e => e.RefundId)
        .On<PaymentRefunded>(RefundFlow.Saga, e => e.RefundId);

    private static MessageRegistry Messages()
    {
        var registry = new MessageRegistry();
        foreach (var command in CommandCatalog.All)
        {
            registry.Add(command.Name, command.Topic, command.GetKey, command.TypeInfo);
        }

        foreach (var happened in EventCatalog.All)
        {
            registry.Add(happened.Name, Topics.Events, e => happened.GetEntityId((IDomainEvent)e), happened.TypeInfo);
        }

        foreach (var effect in EffectCatalog.All)
        {
            registry.Add(effect.Type.Name, Topics.Effects, e => ((IEffect)e).Key, effect);
        }

        return registry
            .Add(nameof(OrderFlowTimedOut), Topics.Flows, t => Ids.Flow(OrderFlow.Saga, t.OrderId).ToString(), FlowsJson.Default.OrderFlowTimedOut)
            .Add(nameof(RefundApprovalTimedOut), Topics.Flows, t => Ids.Flow(RefundFlow.Saga, t.RefundId).ToString(), FlowsJson.Default.RefundApprovalTimedOut)
            .Freeze();
    }
}
