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
        var options = new JsonObject { ["sort"] = sort, ["limit"] = query.Limit, ["skip"] = query.Offset, ["projection"] = ModelTable.WithoutState() };
        return [.. client.Find(ModelTable.Collection, Matching(query.Type, query.Where), options).Select(ModelDocument.Read)];
    }

    public static List<SpecificationGroup> Group(MongoClient client, GroupQuery query)
    {
        var keys = new JsonObject();
        foreach (var (field, n) in query.By.Select((field, n) => (field, n)))
        {
            keys.Add(Key(n), "$" + SpecificationFilter.Path(field));
        }

        var group = new JsonObject { ["_id"] = query.By.Count == 0 ? null : keys, ["count"] = new JsonObject { ["$sum"] = Documents.Long(1) } };
        foreach (var (field, n) in query.Sums.Select((field, n) => (field, n)))
        {
            group.Add(Sum(n), new JsonObject { ["$sum"] = "$" + SpecificationFilter.Path(field) });
        }

        var reply = client.Command(new JsonObject
        {
            ["aggregate"] = ModelTable.Collection,
            ["pipeline"] = new JsonArray(
                new JsonObject { ["$match"] = Matching(query.Type, query.Where) }, new JsonObject { ["$group"] = group },
                new JsonObject { ["$limit"] = query.Limit }),
            ["cursor"] = new JsonObject { ["batchSize"] = query.Limit },
        });
        return [.. reply.GetProperty("cursor").GetProperty("firstBatch").EnumerateArray().Select(row => Read(row, query))];
    }

    private static SpecificationGroup Read(JsonElement row, GroupQuery query) => new(
        [.. query.By.Select((field, n) => Value(row.GetProperty("_id"), field, Key(n)))],
        row.Int64("count"),
        [.. query.Sums.Select((_, n) => row.Int64(Sum(n)))]);

    private static object? Value(JsonElement keys, QueryField field, string key) =>
        !keys.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : field.IsText ? value.GetString() : value.GetInt64();

    private static JsonObject Matching(string type, Specification where) =>
        new Conditions().Add("type", type).Add("deleted", false).Add(SpecificationFilter.Of(where)).Filter();

    private static string Key(int n) => string.Create(CultureInfo.InvariantCulture, $"k{n}");

    private static string Sum(int n) => string.Create(CultureInfo.InvariantCulture, $"s{n}");
}
