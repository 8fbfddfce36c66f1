using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.ReadModels;

/// <summary>The newest events.</summary>
internal static class EventList
{
    private const string Collection = "listed_events";

    public static void EnsureIndexes(MongoClient client) => client.EnsureIndexes(Collection, new MongoIndex("-at -_id"));

    /// <summary>One that is there stays.</summary>
    public static void Write(MongoClient client, IEnumerable<ListedEvent> events)
    {
        var writes = events.DistinctBy(e => e.Id).Select(e => MongoWrite.Insert(Write(e))).ToList();
        if (writes.Count > 0)
        {
            client.Write(Collection, writes);
        }
    }

    /// <summary>How many are gone.</summary>
    public static long Keep(MongoClient client, int newest)
    {
        var options = Newest(1);
        options["skip"] = newest;
        return client.Find(Collection, [], options, primary: true).Select(JsonElement? (e) => e).FirstOrDefault() is not { } last ? 0
            : Documents.Delete(client, Collection, Conditions.Either(
                new JsonObject { ["at"] = new JsonObject { ["$lt"] = last.Int64("at") } },
                new JsonObject { ["at"] = last.Int64("at"), ["_id"] = new JsonObject { ["$lte"] = last.Text("_id") } }));
    }

    public static ListedEvent? Find(MongoClient client, Guid id) =>
        client.Find(Collection, new JsonObject { ["_id"] = Documents.Id(id) }).Select(Read).FirstOrDefault();

    public static List<ListedEvent> List(MongoClient client, EventQuery query)
    {
        var conditions = new Conditions()
            .Equal("type", query.Type).Equal("aggregate_id", query.AggregateId).AtLeast("at", query.FromMs).AtMost("at", query.ToMs)
            .After("at", "_id", ListCursor.Read(query.Cursor), ascending: false);
        var options = Newest(query.Limit + 1);
        options[MongoClient.Limit] = MongoClient.LimitMs;
        return [.. client.Find(Collection, conditions.Filter(), options).Select(Read)];
    }

    public static long Count(MongoClient client) => client.Count(Collection, []);

    private static JsonObject Newest(int limit) => new() { ["sort"] = new JsonObject { ["at"] = -1, ["_id"] = -1 }, ["limit"] = limit };

    private static JsonObject Write(ListedEvent e)
    {
        var members = new JsonObject
        {
            ["_id"] = Documents.Id(e.Id),
            ["type"] = e.Type,
            ["aggregate_id"] = e.AggregateId,
            ["version"] = e.Version,
            ["at"] = e.AtMs,
            ["external"] = e.External,
            ["data"] = Documents.Data(e.Data),
        };
        foreach (var (name, value) in new[]
        {
            ("entity", e.Entity), ("user_id", e.UserId), ("correlation_id", e.CorrelationId), ("command_id", Documents.IdOrNull(e.CommandId)),
        })
        {
            if (value is not null)
            {
                members.Add(name, value);
            }
        }

        return members;
    }

    private static ListedEvent Read(JsonElement e) => new(
        e.Guid("_id"), e.Text("type"), e.TextOrNull("entity"), e.Text("aggregate_id"), e.Int64("version"), e.Int64("at"), e.TextOrNull("user_id"),
        e.TextOrNull("correlation_id"), e.GuidOrNull("command_id"), e.GetProperty("external").GetBoolean(), e.Bytes("data"));
}
