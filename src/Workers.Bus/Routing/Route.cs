using System.Buffers;
using System.Text.Json;

namespace Workers.Bus.Routing;

internal abstract class Route(string name)
{
    public string Name { get; } = name;

    public abstract ValueTask InvokeJson(ReadOnlyMemory<byte> message, IBufferWriter<byte> result, CancellationToken cancellation);
}

/// <summary>
/// A registered handler with its middleware around it. Nothing untyped leaves it, whether it was thrown or returned in a task.
/// </summary>
internal sealed class Route<TMessage, TResult>(
    string name, Handler<TMessage, TResult> handler, JsonShape<TMessage, TResult>? json, Func<Exception, bool> passThrough) : Route(name)
    where TMessage : class
{
    public ValueTask<TResult> Invoke(TMessage message, CancellationToken cancellation)
    {
        try
        {
            var task = handler(message, cancellation);
            return task.IsCompletedSuccessfully ? task : Watch(task);
        }
        catch (Exception e) when (!IsTyped(e))
        {
            return ValueTask.FromException<TResult>(new HandlerFailedException(Name, e));
        }
    }

    public override async ValueTask InvokeJson(ReadOnlyMemory<byte> message, IBufferWriter<byte> result, CancellationToken cancellation)
    {
        if (json is null)
        {
            throw new HandlerNotFoundException(Name, "it was registered without JSON metadata");
        }

        var value = await Invoke(Read(message.Span, json), cancellation).ConfigureAwait(false);
        using var writer = new Utf8JsonWriter(result);
        JsonSerializer.Serialize(writer, value, json.Answer);
    }

    private async ValueTask<TResult> Watch(ValueTask<TResult> task)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch (Exception e) when (!IsTyped(e))
        {
            throw new HandlerFailedException(Name, e);
        }
    }

    private bool IsTyped(Exception e) => e is BusException or OperationCanceledException || passThrough(e);

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
