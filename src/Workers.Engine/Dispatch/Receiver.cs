using System.Text;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Workers.Engine.Dispatch.Contexts;
using Workers.Engine.Log;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Dispatch;

/// <summary>Adds what will be read of the store to execute a message.</summary>
public delegate void PrefetchMessage(object message, LogRecord record, ICollection<StateKey> keys);

/// <summary>
/// One MassTransit consumer, or one saga, fed from the log. It has an endpoint configuration of its own without transport: what its consumer
/// publishes, sends, answers or schedules is staged in the session of the record in hand. May be used by several threads.
/// </summary>
public sealed class Receiver : IDisposable
{
    private readonly IReceiveEndpointConfiguration _configuration;
    private readonly MessagePipes _pipes;
    private readonly PrefetchMessage? _prefetch;

    internal Receiver(
        IBusRegistrationContext registration, IBusInstance bus, MessageRegistry registry, ReceiverDefinition definition)
    {
        Name = definition.Name;
        NameUtf8 = Encoding.UTF8.GetBytes(Name);
        MessageTypes = definition.Messages;
        Registry = registry;
        StateType = definition.StateType;
        _prefetch = definition.Prefetch;
        _configuration = bus.HostConfiguration.CreateReceiveEndpointConfiguration(Name);
        var endpoint = (IReceiveEndpointConfigurator)_configuration;
        endpoint.ThrowOnSkippedMessages();
        endpoint.RethrowFaultedMessages();
        endpoint.PublishFaults = false;
        endpoint.ConfigureConsumeTopology = false;
        definition.Configure(endpoint, registration);
        _configuration.Validate().ThrowIfContainsFailure($"Receiver {Name}:");
        _pipes = new MessagePipes(_configuration);
        Endpoint = _configuration.CreateReceiveEndpointContext();
        PublishPipe = _configuration.Publish.CreatePipe();
        SendPipe = _configuration.Send.CreatePipe();
        Scope = definition.SharesScope ? registration.CreateScope() : null;
    }

    public string Name { get; }

    /// <summary>CLR types of the messages that it takes.</summary>
    public IReadOnlyCollection<Type> MessageTypes { get; }

    /// <summary>How a saga's instances are kept; null for a consumer.</summary>
    public StateType? StateType { get; }

    internal byte[] NameUtf8 { get; }

    internal MessageRegistry Registry { get; }

    internal ReceiveEndpointContext Endpoint { get; }

    internal IPublishPipe PublishPipe { get; }

    internal ISendPipe SendPipe { get; }

    /// <summary>The scope that serves all messages, where one does.</summary>
    internal IServiceScope? Scope { get; }

    internal Uri InputAddress => _configuration.InputAddress;

    /// <summary>
    /// Hands the message to the consumer or saga. What it stages is in the session, also when this throws: the caller rolls back to its savepoint.
    /// A consumer's own exception comes out as it is; <see cref="Verdict"/> says what each means.
    /// </summary>
    public Task Dispatch<T>(T message, LogRecord record, BatchSession session, CancellationToken cancellation = default)
        where T : class
    {
        LogContext.SetCurrentIfNull(Endpoint.LogContext);
        var context = new LogReceiveContext(this, record, session, cancellation);
        var consumed = new LogConsumeContext<T>(context, message);
        context.Message = consumed;
        var sent = (_pipes.Find<T>() ?? throw new MessageNotConsumedException(InputAddress)).Send(consumed);
        return sent.IsCompletedSuccessfully && consumed.ConsumeCompleted.IsCompletedSuccessfully && context.ReceiveCompleted.IsCompletedSuccessfully
            ? Task.CompletedTask
            : Finish(sent, consumed, context);
    }

    /// <summary>Adds what this message's execution will read.</summary>
    public void Prefetch(object message, LogRecord record, ICollection<StateKey> keys)
    {
        if (StateType is not null)
        {
            keys.Add(new StateKey(StateType.Kind, record.Key));
        }

        _prefetch?.Invoke(message, record, keys);
    }

    public override string ToString() => Name;

    public void Dispose() => Scope?.Dispose();

    private static async Task Finish(Task sent, ConsumeContext consumed, LogReceiveContext context)
    {
        await sent.ConfigureAwait(false);
        await consumed.ConsumeCompleted.ConfigureAwait(false);
        await context.ReceiveCompleted.ConfigureAwait(false);
    }
}
