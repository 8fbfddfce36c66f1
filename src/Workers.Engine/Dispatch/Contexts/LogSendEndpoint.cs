using System.Globalization;
using MassTransit;
using MassTransit.Context;
using MassTransit.Initializers;
using MassTransit.Transports;
using MassTransit.Util;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>Stages what is sent in the session instead of sending it.</summary>
/// <param name="address">A topic, or the receiver's own address (timeouts, deferrals); null: published, to the topic of the message's type.</param>
internal sealed class LogSendEndpoint(LogReceiveContext receive, Uri? address) : ITransportSendEndpoint
{
    public async Task<SendContext<T>> CreateSendContext<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class
    {
        var context = new LogSendContext<T>(message, cancellationToken)
        {
            IsPublish = address is null,
            SourceAddress = receive.InputAddress,
            DestinationAddress = address ?? receive.InputAddress,
        };
        if (pipe is ISendContextPipe sendPipe)
        {
            await sendPipe.Send(context).ConfigureAwait(false);
        }

        await (address is null ? receive.Receiver.PublishPipe.Send(context) : receive.Receiver.SendPipe.Send(context)).ConfigureAwait(false);
        if (pipe.IsNotEmpty())
        {
            await pipe.Send(context).ConfigureAwait(false);
        }

        return context;
    }

    public Task Send<T>(T message, CancellationToken cancellationToken = default)
        where T : class => Send(message, Pipe.Empty<SendContext<T>>(), cancellationToken);

    public async Task Send<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken = default)
        where T : class
    {
        var context = (LogSendContext<T>)await CreateSendContext(message, pipe, cancellationToken).ConfigureAwait(false);
        var record = ToRecord(context, timeout: null);
        if (context.Delay is { } delay)
        {
            receive.Session.Stage(new TimerWrite(record.Id, (receive.Session.Scope.Now + delay).ToUnixTimeMilliseconds(), record));
        }
        else
        {
            receive.Session.Stage(record);
        }
    }

    /// <summary>Stages a timer: the message is sent when it is due, if its token is not taken back before.</summary>
    public async Task SendAt<T>(T message, IPipe<SendContext<T>> pipe, DateTimeOffset due, Guid token, CancellationToken cancellationToken)
        where T : class
    {
        var context = (LogSendContext<T>)await CreateSendContext(message, pipe, cancellationToken).ConfigureAwait(false);
        receive.Session.Stage(new TimerWrite(token, due.ToUnixTimeMilliseconds(), ToRecord(context, token)));
    }

    public Task Send<T>(T message, IPipe<SendContext> pipe, CancellationToken cancellationToken = default)
        where T : class => Send(message, (IPipe<SendContext<T>>)pipe, cancellationToken);

    public Task Send(object message, CancellationToken cancellationToken = default) => Send(message, message.GetType(), cancellationToken);

    public Task Send(object message, Type messageType, CancellationToken cancellationToken = default) =>
        SendEndpointConverterCache.Send(this, message, messageType, cancellationToken);

    public Task Send(object message, IPipe<SendContext> pipe, CancellationToken cancellationToken = default) =>
        Send(message, message.GetType(), pipe, cancellationToken);

    public Task Send(object message, Type messageType, IPipe<SendContext> pipe, CancellationToken cancellationToken = default) =>
        SendEndpointConverterCache.Send(this, message, messageType, pipe, cancellationToken);

    public Task Send<T>(object values, CancellationToken cancellationToken = default)
        where T : class => Send(values, Pipe.Empty<SendContext<T>>(), cancellationToken);

    public async Task Send<T>(object values, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken = default)
        where T : class
    {
        var made = await MessageInitializerCache<T>.InitializeMessage(values, pipe, cancellationToken).ConfigureAwait(false);
        await Send(made.Message, made.Pipe, cancellationToken).ConfigureAwait(false);
    }

    public Task Send<T>(object values, IPipe<SendContext> pipe, CancellationToken cancellationToken = default)
        where T : class => Send(values, (IPipe<SendContext<T>>)pipe, cancellationToken);

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => new EmptyConnectHandle();

    private LogRecord ToRecord<T>(LogSendContext<T> context, Guid? timeout)
        where T : class
    {
        var scope = receive.Session.Scope;
        var type = receive.Receiver.Registry.Of(context.Message.GetType());
        var headers = Outgoing.Headers(scope, type.Name, receive.Flow).User(scope);
        var (topic, key) = (context.RoutingKey ?? context.PartitionKey) is { } given ? (type.Topic, given) : (type.Topic, null);
        if (address == receive.InputAddress)
        {
            (topic, key) = receive.Instance is { } instance ? (Topics.Flows, instance.ToString("D")) : (receive.Record.Topic, receive.Record.Key);
            headers.Add(HeaderName.Receiver, receive.Receiver.Name);
        }
        else if (address is not null)
        {
            topic = TopicOf(address) ?? topic;
        }

        if (timeout is { } token)
        {
            headers.Add(HeaderName.Door, "timer").Add(HeaderName.SchedulingToken, token);
        }
        else if (receive.Instance is not null)
        {
            headers.Add(HeaderName.Door, "saga");
        }

        foreach (var (name, value) in context.Headers.GetAll())
        {
            headers.Add(name, Convert.ToString(value, CultureInfo.InvariantCulture));
        }

        return Outgoing.Make(receive.Session, type, context.Message, topic, key, headers);
    }

    /// <summary>Null for the address that publishing has, which a scheduled publish is given.</summary>
    private static string? TopicOf(Uri address)
    {
        var path = address.IsAbsoluteUri ? address.AbsolutePath : address.OriginalString;
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name == PublishName.Value ? null
            : Topics.All.Contains(name) ? name
            : throw new ArgumentException($"{address} is no topic: publish the message, or send it to topic:{Topics.Commands} or another of {string.Join(", ", Topics.All)}.");
    }
}
