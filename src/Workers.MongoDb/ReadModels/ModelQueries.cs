using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;

namespace Workers.MongoDb.ReadModels;

/// <summary>Read models by specification.</summary>
internal static class ModelQueries
{
    public static List<ReadModel> Find(MongoClient client, SpecificationQuery query)
    {
        var sort = new JsonObject();
        foreach (var by in query.OrderBy)
        {
            sort.TryAdd(SpecificationFilter.Path(by.Field), by.Descending ? -1 : 1);
        }

        sort.Add("id", 1);
        var options = new JsonObject { ["sort"] = sort, ["limit"] = query.Limit, ["skip"] = query.Offset, ["projection"] = ModelTable.WithoutState(), [MongoClient.Limit] = MongoClient.LimitMs };
        return [.. client.Find(ModelTable.Collection, Matching(query.Type, query.Where), options).Select(ModelDocument.Read)];
    }

    public static List<SpecificationGroup> Group(MongoClient client, GroupQuery query)
    {
        // A question for each figure: of several in one, FerretDB answers only the first.
        var sums = query.Sums.Select(field => Figures(client, query, "$" + SpecificationFilter.Path(field)).ToDictionary(row => row.Name, row => row.Figure))
            .ToList();
        return [.. Figures(client, query, Documents.Long(1)).Select(row => new SpecificationGroup(
            row.Keys, row.Figure, [.. sums.Select(sum => sum.GetValueOrDefault(row.Name))]))];
    }

    private static List<(string Name, IReadOnlyList<object?> Keys, long Figure)> Figures(MongoClient client, GroupQuery query, JsonNode summed)
    {
        var keys = new JsonObject();
        foreach (var (field, n) in query.By.Select((field, n) => (field, n)))
        {
            keys.Add(Key(n), "$" + SpecificationFilter.Path(field));
        }

        var group = new JsonObject { ["_id"] = query.By.Count == 0 ? null : keys, ["figure"] = new JsonObject { ["$sum"] = summed } };
        var reply = client.Command(new JsonObject
        {
            ["aggregate"] = ModelTable.Collection,
            ["pipeline"] = new JsonArray(
                new JsonObject { ["$match"] = Matching(query.Type, query.Where) }, new JsonObject { ["$group"] = group },
                new JsonObject { ["$sort"] = new JsonObject { ["_id"] = 1 } }, new JsonObject { ["$limit"] = query.Limit }),
            ["cursor"] = new JsonObject { ["batchSize"] = query.Limit },
            [MongoClient.Limit] = MongoClient.LimitMs,
        });
        return [.. reply.GetProperty("cursor").GetProperty("firstBatch").EnumerateArray().Select(row =>
        {
            var id = row.GetProperty("_id");
            return (id.GetRawText(), (IReadOnlyList<object?>)[.. query.By.Select((field, n) => Value(id, field, Key(n)))], row.Int64("figure"));
        })];
    }

    private static object? Value(JsonElement keys, QueryField field, string key) =>
        !keys.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : field.IsText ? value.GetString() : value.GetInt64();

    private static JsonObject Matching(string type, Specification where) =>
        new Conditions().Add("type", type).Add("deleted", false).Add(SpecificationFilter.Of(where)).Filter();

    private static string Key(int n) => string.Create(CultureInfo.InvariantCulture, $"k{n}");
}
