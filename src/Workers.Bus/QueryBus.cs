using System.Buffers;
using Workers.Bus.Metrics;
using Workers.Bus.Routing;

namespace Workers.Bus;

/// <summary>
/// Asks the one handler of a query's type, through the middleware given at construction. Thread-safe; whatever fails arrives as a
/// <see cref="BusException"/>, or as cancellation.
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
    /// <exception cref="HandlerAlreadyRegisteredException">The type or the name has a handler.</exception>
    public void Register<TQuery, TResult>(Handler<TQuery, TResult> handler, string? name = null, JsonShape<TQuery, TResult>? json = null)
        where TQuery : class, IQuery<TQuery, TResult> => _routes.Add(name ?? typeof(TQuery).Name, handler, json);

    /// <summary>Takes the handler away; false if there was none.</summary>
    public bool Unregister<TQuery, TResult>()
        where TQuery : class, IQuery<TQuery, TResult> => _routes.Remove<TQuery, TResult>();

    /// <summary>Runs the query's handler, or answers from the cache where there is one.</summary>
    /// <exception cref="HandlerNotFoundException">Nobody registered the type (in the task).</exception>
    public ValueTask<TResult> Query<TQuery, TResult>(IQuery<TQuery, TResult> query, CancellationToken cancellation = default)
        where TQuery : class, IQuery<TQuery, TResult>
    {
        return _routes.Find<TQuery, TResult>() is { } route
            ? route.Invoke((TQuery)query, cancellation)
            : RouteTable.Missing<TResult>(typeof(TQuery).Name);
    }

    /// <summary>Runs the handler that is registered under <paramref name="name"/> for this type of query.</summary>
    public ValueTask<TResult> Query<TQuery, TResult>(string name, IQuery<TQuery, TResult> query, CancellationToken cancellation = default)
        where TQuery : class, IQuery<TQuery, TResult>
    {
        return _routes.Find(name) is Route<TQuery, TResult> route
            ? route.Invoke((TQuery)query, cancellation)
            : RouteTable.Missing<TResult>(name);
    }

    /// <summary>Reads the query from JSON, runs it, and writes its result as JSON.</summary>
    /// <exception cref="MessageInvalidException">The JSON is not the query's.</exception>
    /// <exception cref="HandlerNotFoundException">No handler of this name, or one without a <see cref="JsonShape{TMessage,TResult}"/>.</exception>
    public ValueTask QueryJson(string name, ReadOnlyMemory<byte> query, IBufferWriter<byte> result, CancellationToken cancellation = default) =>
        _routes.InvokeJson(name, query, result, cancellation);

    /// <summary>Names of the registered queries, sorted.</summary>
    public IReadOnlyList<string> RegisteredQueries => _routes.Names;

    /// <summary>What was asked since the bus was made; empty when metrics are off.</summary>
    public BusMetrics Metrics => _routes.Metrics;
}
