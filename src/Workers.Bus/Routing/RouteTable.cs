using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Workers.Bus.Metrics;
using Workers.Bus.Middleware;

namespace Workers.Bus.Routing;

/// <summary>
/// The handlers of one bus, by slot, by name and by type. Readers take no lock: an element is written once the route is whole, and the
/// dictionaries are made anew by the first look-up in them after a change.
/// </summary>
internal sealed class RouteTable(string kind, BusOptions options, IReadOnlyList<IMiddleware> middleware)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Route> _byName = new(options.InitialCapacity, StringComparer.Ordinal);
    private readonly MetricsMiddleware? _metrics = options.EnableMetrics ? new MetricsMiddleware(options.Time) : null;
    private Route?[] _slots = new Route?[options.InitialCapacity];
    private Index? _index;

    public BusMetrics Metrics => _metrics?.Snapshot() ?? BusMetrics.Empty;

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
            {
                return [.. _byName.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    public void Add<TMessage, TResult>(string name, Handler<TMessage, TResult> handler, JsonShape<TMessage, TResult>? json)
        where TMessage : class
    {
        ArgumentNullException.ThrowIfNull(handler);
        var slot = MessageSlot<TMessage, TResult>.Value;
        lock (_gate)
        {
            if ((slot < _slots.Length && _slots[slot] is not null) || _byName.ContainsKey(name))
            {
                throw new HandlerAlreadyRegisteredException(name);
            }

            var route = new Route<TMessage, TResult>(name, Compose(new MessageInfo(name, kind), handler), json, options.PassThrough);
            _byName.Add(name, route);
            _index = null;
            if (slot >= _slots.Length)
            {
                Array.Resize(ref _slots, Math.Max(slot + 1, _slots.Length * 2));
            }

            Volatile.Write(ref _slots[slot], route);
        }
    }

    public bool Remove<TMessage, TResult>()
        where TMessage : class
    {
        lock (_gate)
        {
            if (Find<TMessage, TResult>() is not { } route)
            {
                return false;
            }

            _slots[MessageSlot<TMessage, TResult>.Value] = null;
            _index = null;
            return _byName.Remove(route.Name);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Route<TMessage, TResult>? Find<TMessage, TResult>()
        where TMessage : class
    {
        var slot = MessageSlot<TMessage, TResult>.Value;
        var slots = _slots;
        return (uint)slot < (uint)slots.Length ? (Route<TMessage, TResult>?)slots[slot] : null;
    }

    public Route? Find(string name) => (_index ?? MakeIndex()).Names.GetValueOrDefault(name);

    public ValueTask<object?> InvokeAny(object message, CancellationToken cancellation)
    {
        if (message is null)
        {
            return ValueTask.FromException<object?>(new MessageInvalidException(kind, "", "must not be null"));
        }

        return (_index ?? MakeIndex()).Types.GetValueOrDefault(message.GetType()) is { } route
            ? route.InvokeAny(message, cancellation)
            : Missing<object?>(message.GetType().Name);
    }

    public ValueTask InvokeJson(string name, ReadOnlyMemory<byte> message, IBufferWriter<byte> result, CancellationToken cancellation) =>
        Find(name) is { } route
            ? route.InvokeJson(message, result, cancellation)
            : ValueTask.FromException(new HandlerNotFoundException(name));

    public static ValueTask<TResult> Missing<TResult>(string name) => ValueTask.FromException<TResult>(new HandlerNotFoundException(name));

    private Handler<TMessage, TResult> Compose<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> handler)
        where TMessage : class
    {
        for (var i = middleware.Count - 1; i >= 0; i--)
        {
            handler = middleware[i].Around(message, handler);
        }

        return _metrics is null ? handler : _metrics.Around(message, handler);
    }

    private Index MakeIndex()
    {
        lock (_gate)
        {
            // A type may be registered twice, with two types of result: by its type alone one of them is found.
            return _index ??= new Index(
                _byName.ToFrozenDictionary(StringComparer.Ordinal),
                _byName.Values.DistinctBy(r => r.Message).ToFrozenDictionary(r => r.Message));
        }
    }

    private sealed record Index(FrozenDictionary<string, Route> Names, FrozenDictionary<Type, Route> Types);
}
