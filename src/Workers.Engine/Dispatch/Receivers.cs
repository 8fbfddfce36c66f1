using System.Text.Json.Serialization.Metadata;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Workers.Engine.Dispatch.Sagas;
using Workers.Engine.Session;

namespace Workers.Engine.Dispatch;

/// <summary>
/// Makes receivers of the consumers and sagas that <see cref="DispatchModule"/> registered: one each, so that two consumers of one message never
/// run interleaved. A consumer or saga can be made into one receiver only.
/// </summary>
public sealed class Receivers(IServiceProvider services) : IDisposable
{
    /// <summary>What a saga's instances are stored as: <see cref="Store.StateKey.Kind"/> is this and the receiver's name.</summary>
    public const string FlowKind = "flow:";

    private static readonly Type[] PerMessage = [typeof(IPublishEndpoint), typeof(ISendEndpointProvider), typeof(ConsumeContext), typeof(IMessageScheduler)];

    private readonly List<Receiver> _made = [];
    private Receiver? _idle;
    private readonly IBusRegistrationContext _registration = services.GetRequiredService<IBusRegistrationContext>();
    private readonly IBusInstance _bus = services.GetRequiredService<IBusInstance>();
    private readonly MessageRegistry _registry = services.GetRequiredService<MessageRegistry>();

    /// <summary>A receiver of every message that <typeparamref name="TConsumer"/> consumes.</summary>
    /// <param name="name">Unique in its group; records may name it in the header <c>workers-receiver</c>.</param>
    /// <param name="sharesScope">
    /// True makes one scope, and with it one consumer, for all messages: half the cost. Only for consumers that keep no state and take no service
    /// of MassTransit that belongs to a message (they have the consume context for that).
    /// </param>
    public Receiver Consumer<TConsumer>(string name, bool sharesScope = false, PrefetchMessage? prefetch = null)
        where TConsumer : class, IConsumer
    {
        var messages = typeof(TConsumer).GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConsumer<>))
            .Select(i => i.GetGenericArguments()[0]).ToArray();
        if (messages.FirstOrDefault(m => m.IsGenericType && m.GetGenericTypeDefinition() == typeof(Batch<>)) is not null)
        {
            throw new ArgumentException($"{typeof(TConsumer)} waits for a batch of messages, but the next one comes only when it has done with this one.");
        }

        if (sharesScope && typeof(TConsumer).GetConstructors().SelectMany(c => c.GetParameters()).FirstOrDefault(p => PerMessage.Contains(p.ParameterType)) is { } bound)
        {
            throw new ArgumentException($"{typeof(TConsumer)} takes {bound.ParameterType.Name}, which belongs to a message, and so needs a scope for each.");
        }

        return Add(new ReceiverDefinition(name, messages, null, prefetch, sharesScope, (endpoint, context) => endpoint.ConfigureConsumer<TConsumer>(context)));
    }

    /// <summary>A receiver of every message that the state machine of <typeparamref name="TState"/> waits for.</summary>
    /// <param name="name">The saga's name in <c>workers-flow</c>, in ids of instances, and in <c>flow:{name}</c>, the kind that they are stored as.</param>
    /// <param name="json">How an instance is stored.</param>
    /// <param name="sharesScope">As for consumers; activities of the state machine come from the scope.</param>
    public Receiver Saga<TState>(string name, JsonTypeInfo<TState> json, bool sharesScope = true)
        where TState : class, SagaStateMachineInstance
    {
        var machine = services.GetRequiredService<SagaStateMachine<TState>>();
        var messages = machine.Correlations.Select(c => c.DataType).Distinct().ToArray();
        var state = new StateType<TState>(FlowKind + name, json, mutable: true);
        return Add(new ReceiverDefinition(name, messages, state, null, sharesScope, (endpoint, context) =>
        {
            if (sharesScope)
            {
                // The library's own repository looks for the scope and puts the context into it, for each message.
                endpoint.StateMachineSaga(machine, SessionSagaFactory<TState>.Repository());
            }
            else
            {
                endpoint.ConfigureSaga<TState>(context);
            }
        }));
    }

    /// <summary>
    /// Sends a message to a consumer that does nothing: what a process pays for its first dispatch is then paid. <paramref name="throwAway"/> must not
    /// be used for anything else.
    /// </summary>
    public Task WarmAsync(BatchSession throwAway) =>
        (_idle ??= Consumer<IdleConsumer>("idle", sharesScope: true)).Dispatch(new Nothing(), throwAway.Scope.Record, throwAway);

    public void Dispose() => _made.ForEach(r => r.Dispose());

    private Receiver Add(ReceiverDefinition definition)
    {
        var receiver = new Receiver(_registration, _bus, _registry, definition);
        _made.Add(receiver);
        return receiver;
    }
}
