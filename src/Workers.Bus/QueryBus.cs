using System.Buffers;
using System.Runtime.CompilerServices;
using Workers.Bus.Metrics;
using Workers.Bus.Routing;

namespace Workers.Bus;

/// <summary>
/// Asks the one handler of a query's type, through the middleware given at construction. Thread-safe; whatever fails arrives in the task: as
/// a <see cref="BusException"/>, or as the cancellation that the caller asked for.
/// </summary>
public sealed class QueryBus
{
    private readonly RouteTable _routes;

    /// <summary>Defaults: capacity 256, metrics on, no middleware.</summary>
    public QueryBus(QueryBusOptions? options = null)
    {
        options ??= new QueryBusOptions();
        _routes = new RouteTable("query", options, options.Middleware);
    }

    /// <summary>Registers the handler of a query under its type's name, or under <paramref name="name"/>.</summary>
    /// <param name="handler">Called for every query of the type.</param>
    /// <param name="name">The name it is also found by; the type's if null.</param>
    /// <param name="json">How it is read and its result written, for <see cref="QueryJson"/>; without it the query is not to be had by JSON.</param>
    /// <exception cref="HandlerAlreadyRegisteredException">The type or the name has a handler.</exception>
    public void Register<TQuery, TResult>(Handler<TQuery, TResult> handler, string? name = null, JsonShape<TQuery, TResult>? json = null)
        where TQuery : class, IQuery<TQuery, TResult> => _routes.Add(name ?? typeof(TQuery).Name, handler, json);

    /// <summary>Takes the handler away; false if there was none.</summary>
    public bool Unregister<TQuery, TResult>()
        where TQuery : class, IQuery<TQuery, TResult> => _routes.Remove<TQuery, TResult>();

    /// <summary>Runs the query's handler, or answers from the cache where there is one.</summary>
    /// <exception cref="HandlerNotFoundException">Nobody registered the type (in the task).</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // so that the slot is a constant of the caller's
    public ValueTask<TResult> Query<TQuery, TResult>(IQuery<TQuery, TResult> query, CancellationToken cancellation = default)
        where TQuery : class, IQuery<TQuery, TResult>
    {
        return _routes.Find<TQuery, TResult>() is not { } route ? RouteTable.Missing<TResult>(typeof(TQuery).Name)
            : query is TQuery own ? route.Invoke(own, cancellation)
            : route.Refuse(query);
    }

    /// <summary>Runs the handler that is registered under <paramref name="name"/> for this type of query.</summary>
    public ValueTask<TResult> Query<TQuery, TResult>(string name, IQuery<TQuery, TResult> query, CancellationToken cancellation = default)
        where TQuery : class, IQuery<TQuery, TResult>
    {
        return _routes.Find(name) is not Route<TQuery, TResult> route ? RouteTable.Missing<TResult>(name)
            : query is TQuery own ? route.Invoke(own, cancellation)
            : route.Refuse(query);
    }

    /// <summary>Runs the handler of a query whose type is only known at run time; its result is boxed.</summary>
    /// <exception cref="HandlerNotFoundException">Nobody registered its type (in the task).</exception>
    public ValueTask<object?> Execute(object query, CancellationToken cancellation = default) => _routes.InvokeAny(query, cancellation);

    /// <summary>The same where the type of the answer is known.</summary>
    /// <exception cref="HandlerFailedException">The answer is of another type.</exception>
    public async ValueTask<TResult> ExecuteTyped<TResult>(object query, CancellationToken cancellation = default) =>
        await Execute(query, cancellation).ConfigureAwait(false) switch
        {
            TResult answer => answer,
            null when default(TResult) is null => default!,
            var other => throw new HandlerFailedException(
                query.GetType().Name, new InvalidCastException($"its answer is a {other?.GetType().Name ?? "null"} and not a {typeof(TResult).Name}")),
        };

    /// <summary>Reads the query from JSON, runs it, and writes its result as JSON.</summary>
    /// <exception cref="MessageInvalidException">The JSON is not the query's.</exception>
    /// <exception cref="HandlerNotFoundException">No handler of this name, or one without a <see cref="JsonShape{TMessage,TResult}"/>.</exception>
    public ValueTask QueryJson(string name, ReadOnlyMemory<byte> query, IBufferWriter<byte> result, CancellationToken cancellation = default) =>
        _routes.InvokeJson(name, query, result, cancellation);

    /// <summary>Names of the registered queries, sorted.</summary>
    public IReadOnlyList<string> GetRegisteredQueries() => _routes.Names;

    /// <summary>What was asked since the bus was made; empty when metrics are off.</summary>
    public BusMetrics GetMetrics() => _routes.Metrics;
}
