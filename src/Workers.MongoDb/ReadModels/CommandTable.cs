using System.Globalization;
using System.Text.Json.Nodes;
using Workers.Contracts;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.MongoDb.ReadModels;

/// <summary>The list of commands. Ids are UUIDv7 of the time of acceptance, as text that sorts as they do, so newest first is the key backwards.</summary>
internal static class CommandTable
{
    private const string Collection = "commands";
    private const int OfOneCaller = 100;

    // How far the time in an id may be from the time that it was submitted at.
    private const long Slack = 60_000;

    public static void EnsureIndexes(MongoClient client) => client.EnsureIndexes(
        Collection,
        new("caller_id -_id"), new("key -_id"), new("user_id -_id"), new("correlation_id -_id"), new("type -_id"), new("state -_id"));

    /// <summary>What is there already stays; only a document that its outcome made is filled in.</summary>
    public static void Write(MongoClient client, IEnumerable<CommandRow> rows)
    {
        var first = rows.DistinctBy(r => r.Id).ToList();
        GuardedWrites.Run(client, Collection, upsert => first.Select(row => MongoWrite.Update(
            new JsonObject { ["_id"] = Documents.Id(row.Id), ["submitted"] = new JsonObject { ["$exists"] = false } },
            new JsonObject { ["$set"] = CommandDocument.Write(row) },
            upsert)));
    }

    /// <summary>Of each command the outcome completed last; one that is older than the known one changes nothing.</summary>
    public static void Write(MongoClient client, IEnumerable<CommandOutcomeRow> rows)
    {
        var latest = new Dictionary<Guid, CommandOutcomeRow>();
        foreach (var row in rows)
        {
            if (!latest.TryGetValue(row.Id, out var other) || other.CompletedMs <= row.CompletedMs)
            {
                latest[row.Id] = row;
            }
        }

        GuardedWrites.Run(client, Collection, upsert => latest.Values.Select(row => MongoWrite.Update(
            new JsonObject
            {
                ["_id"] = Documents.Id(row.Id),
                ["completed"] = new JsonObject { ["$not"] = new JsonObject { ["$gt"] = row.CompletedMs } },
            },
            new JsonObject { ["$set"] = CommandDocument.Write(row) },
            upsert)));
    }

    public static CommandRow? Find(MongoClient client, Guid id) =>
        List(client, new Conditions().Add("_id", Documents.Id(id)), 1, 0).FirstOrDefault();

    public static List<CommandRow> FindByCallerId(MongoClient client, string callerId) =>
        List(client, new Conditions().Equal("caller_id", callerId), OfOneCaller, 0);

    public static List<CommandRow> List(MongoClient client, CommandQuery query)
    {
        var conditions = new Conditions()
            .Equal("type", query.Type).Equal("kind", query.Kind).Equal("key", query.Key).Equal("user_id", query.UserId)
            .Equal("correlation_id", query.CorrelationId).Equal("code", query.Code)
            .AtLeast("submitted", query.FromMs).AtMost("submitted", query.ToMs)
            .AtLeast("_id", query.FromMs is { } from ? Documents.Id(Ids.First(from - Slack)) : null)
            .Less("_id", query.ToMs is { } to ? Documents.Id(Ids.First(to + Slack)) : null);
        if (query.State is { } state)
        {
            conditions.Add("state", state == CommandState.Queued ? new JsonObject { ["$exists"] = false } : (int)state);
        }

        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            conditions.Add(Mentions(query.Text.Trim()));
        }

        if (Guid.TryParse(query.Cursor, CultureInfo.InvariantCulture, out var before))
        {
            conditions.Less("_id", Documents.Id(before));
        }

        return List(client, conditions, query.Limit + 1, query.Offset);
    }

    private static JsonObject Mentions(string text)
    {
        var id = Guid.TryParse(text, out var parsed) ? Documents.Id(parsed) : text;
        var exact = new[] { ("_id", id), ("caller_id", text), ("key", text), ("correlation_id", text), ("user_id", text) }
            .Select(JsonNode (f) => new JsonObject { [f.Item1] = f.Item2 });
        return Conditions.Either([.. exact, new JsonObject { ["type"] = Documents.Begins(text.Replace("\0", "", StringComparison.Ordinal), ignoreCase: true) }]);
    }

    private static List<CommandRow> List(MongoClient client, Conditions conditions, int limit, int offset)
    {
        var filter = conditions.Add("submitted", new JsonObject { ["$exists"] = true }).Filter();
        var options = new JsonObject { ["sort"] = new JsonObject { ["_id"] = -1 }, ["limit"] = limit, ["skip"] = offset };
        return [.. client.Find(Collection, filter, options).Select(CommandDocument.Read)];
    }
}
