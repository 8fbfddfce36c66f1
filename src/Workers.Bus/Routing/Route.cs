using System.Buffers;
using System.Text.Json;

namespace Workers.Bus.Routing;

internal abstract class Route(string name, Type message)
{
    public string Name { get; } = name;

    public Type Message { get; } = message;

    /// <summary>Takes a message of the type <see cref="Message"/>.</summary>
    public abstract ValueTask<object?> InvokeAny(object message, CancellationToken cancellation);

    public abstract ValueTask InvokeJson(ReadOnlyMemory<byte> message, IBufferWriter<byte> result, CancellationToken cancellation);
}

/// <summary>
/// A registered handler with its middleware around it. Nothing untyped leaves it, whether it was thrown or returned in a task.
/// </summary>
internal sealed class Route<TMessage, TResult>(
    string name, Handler<TMessage, TResult> handler, JsonShape<TMessage, TResult>? json, Func<Exception, bool> passThrough)
    : Route(name, typeof(TMessage))
    where TMessage : class
{
    public ValueTask<TResult> Invoke(TMessage message, CancellationToken cancellation)
    {
        try
        {
            var task = handler(message, cancellation);
            return task.IsCompletedSuccessfully ? task : Watch(task, cancellation);
        }
        catch (Exception e) when (!passThrough(e))
        {
            return ValueTask.FromException<TResult>(IsTyped(e, cancellation) ? e : new HandlerFailedException(Name, e));
        }
    }

    /// <summary>Null, or a class that claims to be this message and is another.</summary>
    public ValueTask<TResult> Refuse(object? message) => ValueTask.FromException<TResult>(new MessageInvalidException(
        Name, "", message is null ? "must not be null" : $"is a {message.GetType().Name} and not a {typeof(TMessage).Name}"));

    public override async ValueTask<object?> InvokeAny(object message, CancellationToken cancellation) =>
        await Invoke((TMessage)message, cancellation).ConfigureAwait(false);

    public override async ValueTask InvokeJson(ReadOnlyMemory<byte> message, IBufferWriter<byte> result, CancellationToken cancellation)
    {
        if (json is null)
        {
            throw new HandlerNotFoundException(Name, "it was registered without JSON metadata");
        }

        var value = await Invoke(Read(message.Span, json), cancellation).ConfigureAwait(false);
        try
        {
            using var writer = new Utf8JsonWriter(result);
            JsonSerializer.Serialize(writer, value, json.Answer);
        }
        catch (Exception e) when (!passThrough(e))
        {
            throw new HandlerFailedException(Name, e);
        }
    }

    private async ValueTask<TResult> Watch(ValueTask<TResult> task, CancellationToken cancellation)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch (Exception e) when (!IsTyped(e, cancellation) && !passThrough(e))
        {
            throw new HandlerFailedException(Name, e);
        }
    }

    // A cancellation that the caller did not ask for is a failure like any other.
    private static bool IsTyped(Exception e, CancellationToken cancellation) =>
        e is BusException || (e is OperationCanceledException && cancellation.IsCancellationRequested);

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
        catch (Exception e) when (e is not BusException)
        {
            // Thrown by the message's own constructor.
            throw new MessageInvalidException(Name, "", $"cannot be made: {e.Message}", e);
        }
    }
}
