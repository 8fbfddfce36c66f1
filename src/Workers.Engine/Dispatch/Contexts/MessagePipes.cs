using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Util;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>
/// The pipes of a receiver's consumer or saga by message type, as the library connects them. Going to them at once passes by what the library has
/// before them: dead letters, faults, reading, and finding the type, all of which is done here. They cost a third of a flow's record.
/// </summary>
internal sealed class MessagePipes : IReceiveEndpointBuilder
{
    private readonly Dictionary<Type, object> _pipes = [];

    public MessagePipes(IReceiveEndpointConfiguration configuration) => Apply((ReceiveEndpointConfiguration)configuration, this);

    /// <summary>Null where the receiver does not take such a message.</summary>
    public IPipe<ConsumeContext<T>>? Find<T>()
        where T : class => _pipes.TryGetValue(typeof(T), out var pipe) ? (IPipe<ConsumeContext<T>>)pipe : null;

    public ConnectHandle ConnectConsumePipe<T>(IPipe<ConsumeContext<T>> pipe)
        where T : class
    {
        _pipes[typeof(T)] = Find<T>() is { } first ? new Both<T>(first, pipe) : pipe;
        return new EmptyConnectHandle();
    }

    public ConnectHandle ConnectConsumePipe<T>(IPipe<ConsumeContext<T>> pipe, ConnectPipeOptions options)
        where T : class => ConnectConsumePipe(pipe);

    // The library calls it with a builder of its own, which connects to one pipe for all types. Whoever calls first has the right pipes: each call adds
    // the consumer to them once more.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ApplySpecifications")]
    private static extern void Apply(ReceiveEndpointConfiguration configuration, IReceiveEndpointBuilder builder);

    /// <summary>Two events of a state machine with the same message.</summary>
    private sealed class Both<T>(IPipe<ConsumeContext<T>> first, IPipe<ConsumeContext<T>> second) : IPipe<ConsumeContext<T>>
        where T : class
    {
        public async Task Send(ConsumeContext<T> context)
        {
            await first.Send(context).ConfigureAwait(false);
            await second.Send(context).ConfigureAwait(false);
        }

        public void Probe(ProbeContext context) => first.Probe(context);
    }
}
