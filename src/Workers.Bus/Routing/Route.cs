using System.Buffers;
using System.Text.Json;

namespace Workers.Bus.Routing;

internal abstract class Route(string name)
{
    public string Name { get; } = name;

    public abstract ValueTask InvokeJson(ReadOnlyMemory<byte> message, IBufferWriter<byte> result, CancellationToken cancellation);
}

/// <summary>A registered handler with its middleware around it.</summary>
internal sealed class Route<TMessage, TResult>(string name, Handler<TMessage, TResult> handler, JsonShape<TMessage, TResult>? json) : Route(name)
    where TMessage : class
{
    public readonly Handler<TMessage, TResult> Handler = handler;

    public override async ValueTask InvokeJson(ReadOnlyMemory<byte> message, IBufferWriter<byte> result, CancellationToken cancellation)
    {
        if (json is null)
        {
            throw new HandlerNotFoundException(Name, "it was registered without JSON metadata");
        }

        var value = await Handler(Read(message.Span, json), cancellation);
        using var writer = new Utf8JsonWriter(result);
        JsonSerializer.Serialize(writer, value, json.Result);
    }

    private TMessage Read(ReadOnlySpan<byte> utf8, JsonShape<TMessage, TResult> shape)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, shape.Message) ?? throw new MessageInvalidException(Name, "", "must not be null");
        }
        catch (JsonException e)
        {
            throw new MessageInvalidException(Name, e.Path ?? "", "is not what it should be", e);
        }
    }
}
