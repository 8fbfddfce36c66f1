using System.Collections.Frozen;

namespace Workers.Engine.Control;

/// <summary>Who executes each command that somebody has said something of; all others are executed by the handlers that are compiled in.</summary>
public sealed class HandlerMap
{
    private readonly FrozenDictionary<string, NamedHandler> _byType;

    public HandlerMap(IEnumerable<NamedHandler> handlers)
    {
        All = [.. handlers.OrderBy(handler => handler.Row.Taken)];
        var byType = new Dictionary<string, NamedHandler>(StringComparer.Ordinal);
        foreach (var handler in All)
        {
            foreach (var type in handler.Row.Types)
            {
                byType[type] = handler;
            }
        }

        _byType = byType.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public static HandlerMap None { get; } = new([]);

    /// <summary>By when they were registered.</summary>
    public IReadOnlyList<NamedHandler> All { get; }

    public bool IsEmpty => All.Count == 0;

    /// <summary>The handler that has the command, active or not; null: the one that is compiled in, if there is one.</summary>
    public NamedHandler? Of(string type) => _byType.GetValueOrDefault(type);

    /// <summary>Nobody executes it any more.</summary>
    public bool IsOut(string type) => Of(type) is { Row.Active: false };

    /// <summary>The handler outside that executes it; null where there is none.</summary>
    public NamedHandler? Outside(string type) => Of(type) is { Row: { Active: true, Url: not null } } handler ? handler : null;
}
