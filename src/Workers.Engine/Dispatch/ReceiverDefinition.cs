using MassTransit;
using Workers.Engine.Session;

namespace Workers.Engine.Dispatch;

/// <summary>What a receiver is made of.</summary>
/// <param name="Configure">Adds its consumer or saga to the endpoint.</param>
/// <param name="SharesScope">One dependency injection scope for all messages.</param>
internal sealed record ReceiverDefinition(
    string Name, IReadOnlyCollection<Type> Messages, StateType? StateType, PrefetchMessage? Prefetch, bool SharesScope,
    Action<IReceiveEndpointConfigurator, IBusRegistrationContext> Configure);
