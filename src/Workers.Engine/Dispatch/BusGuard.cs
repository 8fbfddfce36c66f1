using MassTransit;

namespace Workers.Engine.Dispatch;

/// <summary>What is sent through the singleton bus would vanish in its memory: it fails instead.</summary>
internal sealed class BusGuard : ISendObserver, IPublishObserver
{
    public Task PreSend<T>(SendContext<T> context)
        where T : class => throw new BusBypassedException(typeof(T));

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => throw new BusBypassedException(typeof(T));

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;
}

/// <summary>A message was sent through <see cref="IBus"/>: a mistake in the program.</summary>
public sealed class BusBypassedException(Type message)
    : Exception($"{message} was sent through IBus, past the transaction of the record in hand: send it through the consume context.");
