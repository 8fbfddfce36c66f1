using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>Which command a request is: said outright, else told from its members.</summary>
internal static class Naming
{
    private static readonly CommandInfo SendNotification = CommandCatalog.Of<SendNotification>();

    // What callers may name: every command but the internal ones.
    private static readonly string[] Names = [.. CommandCatalog.All.Where(info => !info.IsInternal).Select(info => info.Name)];

    public static CommandInfo? Of(ReadRequest request, Members members, out ReadFailure? failure)
    {
        var info = Find(request, members, out failure);
        if (info is not null && request.Supported is { } supported && !supported.Contains(info.Name))
        {
            failure = Unknown(info.Name, [.. supported]);
            return null;
        }

        return info;
    }

    /// <summary>Whether the text names this command, by name or kind.</summary>
    public static bool Fits(CommandInfo info, string? text) => text is not null && (text == info.Name || text == info.Kind);

    private static CommandInfo? Find(ReadRequest request, Members members, out ReadFailure? failure)
    {
        failure = null;
        if (request.Command is { } command)
        {
            return command;
        }

        if (request.Said is { } said)
        {
            return Named(said[(said.LastIndexOf('.') + 1)..], request, members, out failure);
        }

        if (members.Has("command_type"))
        {
            return Named(members.Text("command_type"), request, members, out failure);
        }

        // A notification's type is its own kind, such as "welcome" or even "payment".
        if (members.Has("channel") && members.Has("message") && members.Find("data") is not { ValueKind: JsonValueKind.Object })
        {
            return SendNotification;
        }

        return members.Has("type") ? Named(members.Text("type"), request, members, out failure) : FromMembers(request, members, out failure);
    }

    private static CommandInfo? Named(string? said, ReadRequest request, Members members, out ReadFailure? failure)
    {
        failure = null;
        if (said is not null && CommandCatalog.Find(said) is { IsInternal: false } info)
        {
            return info;
        }

        if (said is not null && CommandCatalog.OfKind(said) is { Count: > 0 })
        {
            return OfKind(said, members, out failure);
        }

        failure = Unknown(said, request.Supported is { } supported ? [.. supported] : Names);
        return null;
    }

    private static CommandInfo? OfKind(string kind, Members members, out ReadFailure? failure)
    {
        failure = null;
        CommandInfo[] candidates = [.. CommandCatalog.OfKind(kind).Where(info => !info.IsInternal)];
        if (candidates.Length == 1)
        {
            return candidates[0];
        }

        var action = members.Text("action") ?? InData(members, "action");
        if (string.IsNullOrEmpty(action))
        {
            if (kind is Kind.Payment or Kind.Refund)
            {
                return candidates[0];
            }

            failure = ReadFailure.Of(
                ReadFailure.Ambiguous, $"action is required: one of {string.Join(", ", candidates.SelectMany(Actions))}", [.. candidates.Select(info => info.Name)]);
            return null;
        }

        var found = Array.Find(candidates, info => Actions(info).Contains(action));
        if (found is null)
        {
            failure = ReadFailure.Of([new("action", $"action must be one of {string.Join(", ", candidates.SelectMany(Actions))}")]);
        }

        return found;
    }

    // A command with an action of its own, such as AdjustInventory, is named by any of its values.
    private static IEnumerable<string> Actions(CommandInfo info) =>
        info.Body.Find("action") is { } own ? own.Rules.OfType<OneOfAttribute>().Single().Values : [info.Action];

    private static CommandInfo? FromMembers(ReadRequest request, Members members, out ReadFailure? failure)
    {
        var kind = KindOf(members);
        if (kind is not null)
        {
            return OfKind(kind, members, out failure);
        }

        failure = ReadFailure.Of(
            ReadFailure.Ambiguous,
            "Which command it is cannot be told from its members; say it with type or command_type",
            request.Supported is { } supported ? [.. supported] : Names);
        return null;
    }

    private static string? KindOf(Members has)
    {
        if (has.Has("entity_type") && has.Has("entity_id"))
        {
            return Kind.Audit;
        }

        if (has.Has("channel") && has.Has("message"))
        {
            return Kind.Notification;
        }

        var amount = has.Has("amount");
        if (has.Has("payment_id") && amount)
        {
            return Kind.Refund;
        }

        if (has.Has("product_id") && (has.Has("quantity") || has.Has("action")) && !has.Has("items"))
        {
            return Kind.Inventory;
        }

        if (amount && (has.Has("payment_method") || has.Has("method") || has.Has("gateway")))
        {
            return Kind.Payment;
        }

        if (has.Has("order_id") || has.Has("items") || has.Has("total_amount") || has.Has("customer_id"))
        {
            return Kind.Order;
        }

        if (amount && has.Has("user_id"))
        {
            return Kind.Payment;
        }

        if (has.Has("user_id") && (has.Has("action") || has.Has("data")))
        {
            return Kind.User;
        }

        return has.Has("action") && has.All.All(member => member.Name is "action" or "parameters" or "metadata" or "command_id") ? Kind.System : null;
    }

    private static string? InData(Members members, string name) =>
        members.Find("data") is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static ReadFailure Unknown(string? said, IReadOnlyList<string> names) => ReadFailure.Of(
        ReadFailure.UnknownType,
        $"{(string.IsNullOrEmpty(said) ? "The command type must be a text" : $"Unknown command type {said}")}; supported are {string.Join(", ", names)}",
        names);
}
