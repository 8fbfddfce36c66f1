using System.Collections.Frozen;
using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>Brings all forms of a request to one: the command's own members side by side.</summary>
internal static class Envelope
{
    // Document 000's Go structures send all their members, those that do not concern the action with zero values.
    private static readonly FrozenSet<string> Structure = FrozenSet.Create(
        StringComparer.Ordinal, "user_id", "items", "total_amount", "currency", "order_id", "data", "type", "action", "description", "gateway", "payment_method");

    public static void Open(CommandInfo info, Members members, FieldErrors errors)
    {
        if (Naming.Fits(info, members.Text("command_type")))
        {
            members.Remove("command_type");
        }

        if (Naming.Fits(info, members.Text("type")))
        {
            members.Remove("type");
        }

        if (members.Find("data") is { ValueKind: JsonValueKind.Object } data && (info.RestField is not null || info.FlatField is not null || info.Body.Find("data") is null))
        {
            members.Remove("data");
            Merge(info, members, data, errors);
        }

        if (info.Body.Find("action") is null && members.Find("action") is { } action)
        {
            members.Remove("action");
            if (action.ValueKind != JsonValueKind.Null && !(action.ValueKind == JsonValueKind.String && action.ValueEquals(info.Action)))
            {
                errors.Add(new("action", $"action must be {info.Action}"));
            }
        }
    }

    /// <summary>Whether the member says nothing: a zero value of a structure that has members for other actions too.</summary>
    public static bool IsZero(string name, JsonElement value) => Structure.Contains(name) && value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => value.ValueEquals(""),
        JsonValueKind.Number => value.TryGetDecimal(out var number) && number == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };

    private static void Merge(CommandInfo info, Members members, JsonElement data, FieldErrors errors)
    {
        // An envelope around a body that has open data itself: {type, data: {user_id, data: {…}}}.
        if (info.FlatField is not null && data.TryGetProperty("data", out var inner) && inner.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in data.EnumerateObject().Where(member => member.Name != "data"))
            {
                Put(members, member.Name, member.Value, inData: false, errors);
            }

            data = inner;
        }

        foreach (var member in data.EnumerateObject())
        {
            Put(members, member.Name, member.Value, inData: true, errors);
        }
    }

    private static void Put(Members members, string name, JsonElement value, bool inData, FieldErrors errors)
    {
        if (members.Find(name) is not { } before)
        {
            members.Add(new(name, value, inData));
        }
        else if (!JsonElement.DeepEquals(before, value))
        {
            errors.Add(new(name, $"{name} is given twice"));
        }
    }
}
