using System.Buffers;
using System.Runtime.CompilerServices;
using Workers.Bus.Metrics;
using Workers.Bus.Routing;

namespace Workers.Bus;

/// <summary>
/// Sends a command to the one handler of its type, through the middleware given at construction. Registering and sending may happen on any
/// thread at any time. Whatever fails arrives in the task: as a <see cref="BusException"/>, or as the cancellation that the caller asked for.
/// </summary>
public sealed class CommandBus
{
    private readonly RouteTable _routes;

    /// <summary>Defaults: capacity 256, metrics on, no middleware.</summary>
    public CommandBus(CommandBusOptions? options = null)
    {
        options ??= new CommandBusOptions();
        _routes = new RouteTable("command", options, options.Middleware);
    }

    /// <summary>Registers the handler of a command under its type's name, or under <paramref name="name"/>.</summary>
    /// <param name="handler">Called for every command of the type.</param>
    /// <param name="name">The name it is also found by; the type's if null.</param>
    /// <param name="json">How it is read and its result written, for <see cref="SendJson"/>; without it the command is not to be had by JSON.</param>
    /// <exception cref="HandlerAlreadyRegisteredException">The type or the name has a handler.</exception>
    public void Register<TCommand, TResult>(Handler<TCommand, TResult> handler, string? name = null, JsonShape<TCommand, TResult>? json = null)
        where TCommand : class, ICommand<TCommand, TResult> => _routes.Add(name ?? typeof(TCommand).Name, handler, json);

    /// <summary>Takes the handler away; false if there was none. Commands already sent are not affected.</summary>
    public bool Unregister<TCommand, TResult>()
        where TCommand : class, ICommand<TCommand, TResult> => _routes.Remove<TCommand, TResult>();

    /// <summary>Runs the command's handler.</summary>
    /// <exception cref="HandlerNotFoundException">Nobody registered the type (in the task).</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // so that the slot is a constant of the caller's
    public ValueTask<TResult> Send<TCommand, TResult>(ICommand<TCommand, TResult> command, CancellationToken cancellation = default)
        where TCommand : class, ICommand<TCommand, TResult>
    {
        // The cast is checked: a foreign class may implement ICommand for another type.
        return _routes.Find<TCommand, TResult>() is not { } route ? RouteTable.Missing<TResult>(typeof(TCommand).Name)
            : command is TCommand own ? route.Invoke(own, cancellation)
            : route.Refuse(command);
    }

    /// <summary>Runs the handler that is registered under <paramref name="name"/> for this type of command.</summary>
    public ValueTask<TResult> Send<TCommand, TResult>(string name, ICommand<TCommand, TResult> command, CancellationToken cancellation = default)
        where TCommand : class, ICommand<TCommand, TResult>
    {
        return _routes.Find(name) is not Route<TCommand, TResult> route ? RouteTable.Missing<TResult>(name)
            : command is TCommand own ? route.Invoke(own, cancellation)
            : route.Refuse(command);
    }

    /// <summary>Runs the handler of a command whose type is only known at run time; its result is boxed.</summary>
    /// <exception cref="HandlerNotFoundException">Nobody registered its type (in the task).</exception>
    public ValueTask<object?> Execute(object command, CancellationToken cancellation = default) => _routes.InvokeAny(command, cancellation);

    /// <summary>Reads the command from JSON, runs it, and writes its result as JSON.</summary>
    /// <exception cref="MessageInvalidException">The JSON is not the command's.</exception>
    /// <exception cref="HandlerNotFoundException">No handler of this name, or one without a <see cref="JsonShape{TMessage,TResult}"/>.</exception>
    public ValueTask SendJson(string name, ReadOnlyMemory<byte> command, IBufferWriter<byte> result, CancellationToken cancellation = default) =>
        _routes.InvokeJson(name, command, result, cancellation);

    /// <summary>Names of the registered commands, sorted.</summary>
    public IReadOnlyList<string> GetRegisteredCommands() => _routes.Names;

    /// <summary>What was sent since the bus was made; empty when metrics are off.</summary>
    public BusMetrics GetMetrics() => _routes.Metrics;
}
