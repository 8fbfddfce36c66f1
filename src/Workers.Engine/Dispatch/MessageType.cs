using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Workers.Engine.Log;
using Workers.Engine.Session;

namespace Workers.Engine.Dispatch;

/// <summary>A message that goes over the log: its name on the wire, where it is sent, and how it is read and written.</summary>
public abstract class MessageType
{
    private readonly JsonTypeInfo _json;

    private protected MessageType(string name, string topic, Type type, JsonTypeInfo json) =>
        (Name, NameUtf8, Topic, Type, _json) = (name, Encoding.UTF8.GetBytes(name), topic, type, json);

    /// <summary>What stands in the header <c>ce_type</c>.</summary>
    public string Name { get; }

    /// <summary>Where it goes when nothing else is said.</summary>
    public string Topic { get; }

    public Type Type { get; }

    internal byte[] NameUtf8 { get; }

    /// <summary>The record's key, which decides its partition and its order.</summary>
    public abstract string KeyOf(object message);

    /// <summary>The message from UTF-8 JSON.</summary>
    /// <exception cref="UnreadableMessageException">It is no such JSON.</exception>
    public object Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, _json) ?? throw new UnreadableMessageException($"The value of a {Name} is null.", null);
        }
        catch (JsonException e)
        {
            throw new UnreadableMessageException($"The value of a {Name} cannot be read: {e.Message}", e);
        }
    }

    public void Write(object message, Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, message, _json);

    internal abstract Task Dispatch(Receiver receiver, object message, LogRecord record, BatchSession session, CancellationToken cancellation);
}

internal sealed class MessageType<T>(string name, string topic, Func<T, string> key, JsonTypeInfo<T> json) : MessageType(name, topic, typeof(T), json)
    where T : class
{
    public override string KeyOf(object message) => key((T)message);

    internal override Task Dispatch(Receiver receiver, object message, LogRecord record, BatchSession session, CancellationToken cancellation) =>
        receiver.Dispatch((T)message, record, session, cancellation);
}

/// <summary>A record's value is not the JSON that its type says: no attempt will ever succeed.</summary>
public sealed class UnreadableMessageException(string message, Exception? inner) : Exception(message, inner);
