using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;
using Workers.Engine.Log;
using Workers.Engine.Session;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>
/// A record as MassTransit sees it. It carries the message already read, so nothing is deserialized a second time, and the session, in which all
/// that is sent is staged. The interface is implemented directly: the library's own base makes a timer, a token source and lists for each message.
/// </summary>
internal sealed class LogReceiveContext(Receiver receiver, LogRecord record, BatchSession session, CancellationToken cancellation) : ReceiveContext
{
    private List<object>? _payloads;
    private List<Task>? _tasks;
    private LogPublishEndpoints? _publish;

    public Receiver Receiver { get; } = receiver;

    public LogRecord Record { get; } = record;

    public BatchSession Session { get; } = session;

    public ConsumeContext? Message { get; set; }

    /// <summary>The instance in hand, once a saga has loaded or made one.</summary>
    public Guid? Instance { get; set; }

    /// <summary>The flows that wait for what is sent now: a saga's own instance, else those of the record in hand.</summary>
    public string? Flow => Instance is { } id ? $"{Receiver.Name}/{id:D}" : Session.Scope.Flow;

    public CancellationToken CancellationToken { get; } = cancellation;

    public TimeSpan ElapsedTime => TimeSpan.Zero;

    public Uri InputAddress => Receiver.InputAddress;

    public ContentType ContentType => SystemTextJsonRawMessageSerializer.JsonContentType;

    public bool Redelivered => Session.Scope.Attempt > 1;

    public MassTransit.Headers TransportHeaders => EmptyHeaders.Instance;

    public Task ReceiveCompleted => _tasks is null ? Task.CompletedTask : Task.WhenAll(_tasks);

    public bool IsDelivered { get; private set; }

    public bool IsFaulted { get; private set; }

    public ISendEndpointProvider SendEndpointProvider => new LogSendEndpoints(this);

    public IPublishEndpointProvider PublishEndpointProvider => _publish ??= new LogPublishEndpoints(this);

    public bool PublishFaults => false;

    public MessageBody Body => new BytesMessageBody(Record.Value.ToArray());

    public void AddReceiveTask(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            (_tasks ??= []).Add(task);
        }
    }

    public Task NotifyConsumed<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class
    {
        IsDelivered = true;
        return Receiver.Endpoint.ReceiveObservers.PostConsume(context, duration, consumerType);
    }

    public Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class
    {
        IsFaulted = true;
        return Receiver.Endpoint.ReceiveObservers.ConsumeFault(context, duration, consumerType, exception);
    }

    public Task NotifyFaulted(Exception exception)
    {
        IsFaulted = true;
        return Receiver.Endpoint.ReceiveObservers.ReceiveFault(this, exception);
    }

    public bool HasPayloadType(Type payloadType) =>
        payloadType.IsInstanceOfType(this) || payloadType.IsInstanceOfType(Message) || payloadType.IsInstanceOfType(Session)
        || payloadType == typeof(MessageSchedulerContext) || payloadType.IsInstanceOfType(Receiver.Scope) || (_payloads?.Exists(payloadType.IsInstanceOfType) ?? false)
        || Receiver.Endpoint.HasPayloadType(payloadType);

    public bool TryGetPayload<T>([NotNullWhen(true)] out T? payload)
        where T : class
    {
        payload = this as T ?? Message as T ?? Session as T ?? Receiver.Scope as T ?? Added<T>();
        if (payload is null && typeof(T) == typeof(MessageSchedulerContext))
        {
            // Made for those who ask: most messages schedule nothing.
            var scheduler = SessionScheduling.Of(Message!);
            Add(scheduler);
            payload = scheduler as T;
        }

        return payload is not null || Receiver.Endpoint.TryGetPayload(out payload);
    }

    public T GetOrAddPayload<T>(PayloadFactory<T> payloadFactory)
        where T : class
    {
        if (TryGetPayload(out T? found))
        {
            return found;
        }

        var made = payloadFactory();
        Add(made);
        return made;
    }

    public T AddOrUpdatePayload<T>(PayloadFactory<T> addFactory, UpdatePayloadFactory<T> updateFactory)
        where T : class
    {
        if (Added<T>() is { } own)
        {
            var updated = updateFactory(own);
            _payloads![_payloads.IndexOf(own)] = updated;
            return updated;
        }

        var made = TryGetPayload(out T? outer) ? updateFactory(outer) : addFactory();
        Add(made);
        return made;
    }

    private void Add(object payload) => (_payloads ??= new List<object>(4)).Add(payload);

    private T? Added<T>()
        where T : class
    {
        if (_payloads is not null)
        {
            foreach (var payload in _payloads)
            {
                if (payload is T found)
                {
                    return found;
                }
            }
        }

        return null;
    }
}
