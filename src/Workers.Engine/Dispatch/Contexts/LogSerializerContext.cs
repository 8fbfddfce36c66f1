using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Serialization;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>
/// Asked only by features that serialize the incoming message anew, such as Forward. Not the library's own base, whose constructor writes
/// an AsyncLocal for each message.
/// </summary>
internal sealed class LogSerializerContext(LogReceiveContext receive) : SerializerContext
{
    private SerializerContext? _json;

    public Guid? MessageId => Message.MessageId;

    public Guid? RequestId => Message.RequestId;

    public Guid? CorrelationId => Message.CorrelationId;

    public Guid? ConversationId => Message.ConversationId;

    public Guid? InitiatorId => Message.InitiatorId;

    public DateTime? ExpirationTime => Message.ExpirationTime;

    public Uri? SourceAddress => Message.SourceAddress;

    public Uri? DestinationAddress => Message.DestinationAddress;

    public Uri? ResponseAddress => Message.ResponseAddress;

    public Uri? FaultAddress => Message.FaultAddress;

    public DateTime? SentTime => Message.SentTime;

    public MassTransit.Headers Headers => Message.Headers;

    public HostInfo Host => Message.Host;

    public string[] SupportedMessageTypes => Message.SupportedMessageTypes.ToArray();

    private ConsumeContext Message => receive.Message!;

    private SerializerContext Json =>
        _json ??= new SystemTextJsonRawMessageSerializer(RawSerializerOptions.AddTransportHeaders).Deserialize(receive.Body, EmptyHeaders.Instance, receive.InputAddress);

    public bool IsSupportedMessageType<T>()
        where T : class => Message.HasMessageType(typeof(T));

    public bool IsSupportedMessageType(Type messageType) => Message.HasMessageType(messageType);

    public bool TryGetMessage<T>(out T? message)
        where T : class
    {
        message = Message.TryGetMessage<T>(out var context) ? context.Message : null;
        return message is not null;
    }

    public bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? message) => Json.TryGetMessage(messageType, out message);

    public IMessageSerializer GetMessageSerializer() => Json.GetMessageSerializer();

    public IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T message)
        where T : class => Json.GetMessageSerializer(envelope, message);

    public IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) => Json.GetMessageSerializer(message, messageTypes);

    public Dictionary<string, object> ToDictionary<T>(T? message)
        where T : class => Json.ToDictionary(message);

    public T? DeserializeObject<T>(object? value, T? defaultValue = null)
        where T : class => SystemTextJsonMessageSerializer.Instance.DeserializeObject(value, defaultValue);

    public T? DeserializeObject<T>(object? value, T? defaultValue = null)
        where T : struct => SystemTextJsonMessageSerializer.Instance.DeserializeObject(value, defaultValue);

    public MessageBody SerializeObject(object? value) => SystemTextJsonMessageSerializer.Instance.SerializeObject(value);
}
