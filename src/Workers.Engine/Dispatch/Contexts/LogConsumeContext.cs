using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Context;
using MassTransit.Metadata;
using MassTransit.Serialization;
using MassTransit.Transports;
using Workers.Contracts.Headers;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>A message of the log, read already. Publish, Send and Respond are its base's, over the receive context's endpoints.</summary>
internal sealed class LogConsumeContext<T>(LogReceiveContext receive, T message)
    : BaseConsumeContext(receive, new LogSerializerContext(receive)), ConsumeContext<T>
    where T : class
{
    private List<Task>? _tasks;
    private MassTransit.Headers? _headers;

    public T Message => message;

    public override Guid? MessageId => receive.Record.Id;

    /// <summary>The chain of causes that the record belongs to, where its id is a Guid (a caller's may be anything).</summary>
    public override Guid? CorrelationId =>
        receive.Record.Headers.TryGet(HeaderName.CorrelationId, out var utf8) && Guid.TryParse(utf8, out var id) ? id : null;

    public override Guid? RequestId => null;

    public override Guid? ConversationId => null;

    public override Guid? InitiatorId => null;

    public override DateTime? ExpirationTime => null;

    public override Uri SourceAddress => receive.InputAddress;

    public override Uri DestinationAddress => receive.InputAddress;

    public override Uri ResponseAddress => null!;

    public override Uri FaultAddress => null!;

    public override DateTime? SentTime => DateTimeOffset.FromUnixTimeMilliseconds(receive.Record.TimestampMs).UtcDateTime;

    public override MassTransit.Headers Headers =>
        _headers ??= receive.Record.Headers.Bytes.IsEmpty ? EmptyHeaders.Instance : new JsonTransportHeaders(new RecordHeaders(receive.Record.Headers));

    public override HostInfo Host => HostMetadataCache.Host;

    public override IEnumerable<string> SupportedMessageTypes => MessageTypeCache<T>.MessageTypeNames;

    public override Task ConsumeCompleted => _tasks is null ? Task.CompletedTask : Task.WhenAll(_tasks);

    public override bool HasMessageType(Type messageType) => messageType.IsAssignableFrom(typeof(T));

    public override bool TryGetMessage<TMessage>([NotNullWhen(true)] out ConsumeContext<TMessage>? consumeContext)
    {
        consumeContext = this as ConsumeContext<TMessage>;
        return consumeContext is not null;
    }

    public override void AddConsumeTask(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            (_tasks ??= []).Add(task);
        }
    }

    public override bool HasPayloadType(Type payloadType) => payloadType.IsInstanceOfType(this) || receive.HasPayloadType(payloadType);

    public override bool TryGetPayload<TPayload>([NotNullWhen(true)] out TPayload? payload)
        where TPayload : class
    {
        payload = this as TPayload;
        return payload is not null || receive.TryGetPayload(out payload);
    }

    public override TPayload GetOrAddPayload<TPayload>(PayloadFactory<TPayload> payloadFactory) =>
        this as TPayload ?? receive.GetOrAddPayload(payloadFactory);

    public override TPayload AddOrUpdatePayload<TPayload>(PayloadFactory<TPayload> addFactory, UpdatePayloadFactory<TPayload> updateFactory) =>
        this as TPayload ?? receive.AddOrUpdatePayload(addFactory, updateFactory);

    public Task NotifyConsumed(TimeSpan duration, string consumerType) => NotifyConsumed(this, duration, consumerType);

    public Task NotifyFaulted(TimeSpan duration, string consumerType, Exception exception) => NotifyFaulted(this, duration, consumerType, exception);
}
