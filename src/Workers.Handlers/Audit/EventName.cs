using System.Collections.Concurrent;
using System.Text.Json;
using Workers.Contracts.Commands;
using Kinds = Workers.Contracts.Commands.Kind;

namespace Workers.Handlers.Audit;

/// <summary>How an event is named in the trail: of <c>OrderConfirmed</c> the action is <c>confirmed</c>, of <c>StockReserved</c> <c>stock_reserved</c>.</summary>
/// <param name="Kind">The kind of commands that it belongs to; null where there is none.</param>
internal sealed record EventName(string Entity, string Action, string? Kind)
{
    private const int Bound = 1_000;
    private static readonly ConcurrentDictionary<(string Type, string Entity), EventName> Known = new();

    public static EventName Of(string type, string entity)
    {
        if (Known.TryGetValue((type, entity), out var name))
        {
            return name;
        }

        name = Make(type, entity);

        // Types come from outside too.
        return Known.Count < Bound ? Known.GetOrAdd((type, entity), name) : name;
    }

    private static EventName Make(string type, string entity)
    {
        var words = JsonNamingPolicy.SnakeCaseLower.ConvertName(type);
        var action = words.StartsWith(entity + "_", StringComparison.Ordinal) ? words[(entity.Length + 1)..] : words;
        var kind = words.StartsWith("refund_", StringComparison.Ordinal) ? Kinds.Refund
            : entity == "product" ? Kinds.Inventory
            : entity;
        return new EventName(entity, action, CommandCatalog.Kinds.Contains(kind) ? kind : null);
    }
}
