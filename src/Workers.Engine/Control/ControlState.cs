using System.Collections.Immutable;
using System.Text.Json;
using Workers.Engine.Store;

namespace Workers.Engine.Control;

/// <summary>All that concerns every worker, as it stood at a version. Does not change.</summary>
public sealed class ControlState
{
    private readonly ImmutableDictionary<ControlName, ControlRow> _rows;

    private ControlState(long version, ImmutableDictionary<ControlName, ControlRow> rows, ImmutableDictionary<Guid, (long Version, Cancel Cancel)> cancels)
    {
        (Version, _rows, Cancels) = (version, rows, cancels);
        Pauses = [.. Parsed(ControlKinds.Pause, ControlData.ReadPause)];
        Fence = Parsed(ControlKinds.Fence, ControlData.ReadFence).FirstOrDefault();
        Subscriptions = [.. Parsed(ControlKinds.Subscription, ControlData.ReadSubscription).OrderBy(row => row.AtMs).ThenBy(row => row.Id, StringComparer.Ordinal)];
        (Handlers, QueryHandlers, EventHandlers) = (HandlersOf(ControlKinds.Handler), HandlersOf(ControlKinds.QueryHandler), HandlersOf(ControlKinds.EventHandler));
    }

    public static ControlState Empty { get; } = new(0, ImmutableDictionary<ControlName, ControlRow>.Empty, ImmutableDictionary<Guid, (long, Cancel)>.Empty);

    public long Version { get; }

    public IReadOnlyList<Pause> Pauses { get; }

    public Fence? Fence { get; }

    /// <summary>Commands that are not to be executed, with the version that says so.</summary>
    public ImmutableDictionary<Guid, (long Version, Cancel Cancel)> Cancels { get; }

    public HandlerMap Handlers { get; }

    /// <summary>Who is told by webhook when commands end, oldest first.</summary>
    public IReadOnlyList<SubscriptionRow> Subscriptions { get; }

    public SubscriptionRow? Subscription(string id) => Subscriptions.FirstOrDefault(row => row.Id == id);

    /// <summary>Who answers queries, where somebody has said something of them.</summary>
    public HandlerMap QueryHandlers { get; }

    /// <summary>Who is told of events.</summary>
    public HandlerMap EventHandlers { get; }

    /// <summary>Those of a kind that were not taken back.</summary>
    public IEnumerable<ControlRow> Rows(string kind) => _rows.Values.Where(row => row.Kind == kind && row.Data is not null);

    /// <summary>The data of one; null where there is none, or it was taken back.</summary>
    public byte[]? Find(string kind, string name) => _rows.TryGetValue(new ControlName(kind, name), out var row) ? row.Data : null;

    /// <summary>Whether there is or was one of a kind.</summary>
    public bool HasHad(string kind) => _rows.Values.Any(row => row.Kind == kind);

    /// <summary>Their data; rows that cannot be read (of a newer program) are left out.</summary>
    public IEnumerable<T> Parsed<T>(string kind, Func<ControlRow, T?> read)
        where T : class => Rows(kind).Select(row => Parse(row, read)).OfType<T>();

    /// <summary>The state with what was changed since.</summary>
    public ControlState With(long version, IReadOnlyList<ControlRow> changed)
    {
        var (rows, cancels) = (_rows.ToBuilder(), Cancels.ToBuilder());
        foreach (var row in changed)
        {
            if (row.Kind != ControlKinds.Cancel)
            {
                rows[new ControlName(row.Kind, row.Name)] = row;
            }
            else if (Guid.TryParse(row.Name, out var id) && Parse(row, ControlData.ReadCancel) is { } cancel)
            {
                cancels[id] = (row.Version, cancel);
            }
        }

        return new ControlState(version, rows.ToImmutable(), cancels.ToImmutable());
    }

    /// <summary>The same without what is done with.</summary>
    public ControlState Without(IEnumerable<ControlName> done) => new(
        Version, _rows, Cancels.RemoveRange(done.Where(name => name.Kind == ControlKinds.Cancel).Select(name => Guid.Parse(name.Name))));

    private HandlerMap HandlersOf(string kind)
    {
        var handlers = Rows(kind).Select(row => (row.Name, Row: Parse(row, ControlData.ReadHandler))).Where(pair => pair.Row is not null).ToList();
        return handlers.Count == 0 ? HandlerMap.None : new HandlerMap(handlers.Select(pair => new NamedHandler(pair.Name, pair.Row!)));
    }

    private static T? Parse<T>(ControlRow row, Func<ControlRow, T?> read)
        where T : class
    {
        try
        {
            return read(row);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
