using System.Text.Json.Nodes;

namespace Workers.MongoDb;

/// <summary>The filter of a list with optional conditions, all of which must hold: one whose value is null is left out.</summary>
internal sealed class Conditions
{
    private readonly JsonArray _all = [];

    public Conditions Equal(string field, string? value) => value is null ? this : Add(field, value);

    public Conditions AtLeast(string field, JsonNode? value) => value is null ? this : Add(field, new JsonObject { ["$gte"] = value });

    public Conditions AtMost(string field, JsonNode? value) => value is null ? this : Add(field, new JsonObject { ["$lte"] = value });

    public Conditions Less(string field, JsonNode? value) => value is null ? this : Add(field, new JsonObject { ["$lt"] = value });

    public Conditions Add(string field, JsonNode condition) => Add(new JsonObject { [field] = condition });

    public Conditions Add(JsonObject condition)
    {
        _all.Add(condition);
        return this;
    }

    /// <summary>What comes after the place (sort value, id) in a list sorted by both.</summary>
    public Conditions After(string field, string id, (long Sort, string Id)? place, bool ascending)
    {
        if (place is not { } at)
        {
            return this;
        }

        var beyond = ascending ? "$gt" : "$lt";
        return Add(Either(
            new JsonObject { [field] = new JsonObject { [beyond] = at.Sort } },
            new JsonObject { [field] = at.Sort, [id] = new JsonObject { [beyond] = at.Id } }));
    }

    public static JsonObject Either(params JsonNode[] conditions) => new() { ["$or"] = new JsonArray(conditions) };

    public bool IsEmpty => _all.Count == 0;

    public JsonObject Filter() => _all.Count == 0 ? [] : new JsonObject { ["$and"] = _all };
}
