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
    private const string Cqrs = "cqrs";
    private const int OfOneCaller = 100;

    // How far the time in an id may be from the time that it was submitted at.
    private const long Slack = 60_000;

    public static void EnsureIndexes(MongoClient client) => client.EnsureIndexes(
        Collection,
        new("caller_id -_id"), new("key -_id"), new("user_id -_id"), new("correlation_id -_id"), new("type -_id"), new("kind -_id"), new("kind state -_id"), new("code -_id"), new("state -_id"), new("door -_id"));

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

    /// <summary>Forgets those that were accepted before and have ended, and what later ends have left of such. In steps: each is answered in time.</summary>
    public static void Clear(MongoClient client, long beforeMs)
    {
        var ended = new JsonObject { ["$exists"] = true };
        var accepted = new Conditions().Less("_id", Documents.Id(Ids.First(beforeMs + Slack))).Less("submitted", beforeMs).Add("state", ended).Filter();
        var left = new Conditions().Less("_id", Documents.Id(Ids.First(beforeMs - Slack))).Add("submitted", new JsonObject { ["$exists"] = false })
            .Add("state", ended.DeepClone()).Filter();
        Documents.Delete(client, Collection, accepted);
        Documents.Delete(client, Collection, left);
    }

    public static void Forget(MongoClient client, IReadOnlyCollection<Guid> ids)
    {
        if (ids.Count > 0)
        {
            Documents.Delete(client, Collection, new JsonObject { ["_id"] = new JsonObject { ["$in"] = new JsonArray([.. ids.Select(id => (JsonNode)Documents.Id(id))]) } });
        }
    }

    /// <summary>Of those that came by the door of document 001: all, succeeded, ended otherwise.</summary>
    public static (long All, long Succeeded, long Failed) CountCqrs(MongoClient client)
    {
        var succeeded = new JsonArray((int)CommandState.Succeeded, (int)CommandState.Undone);
        return (
            client.Count(Collection, new JsonObject { ["door"] = Cqrs }),
            client.Count(Collection, new JsonObject { ["door"] = Cqrs, ["state"] = new JsonObject { ["$in"] = succeeded } }),
            client.Count(Collection, new JsonObject { ["door"] = Cqrs, ["state"] = new JsonObject { ["$exists"] = true, ["$nin"] = succeeded.DeepClone() } }));
    }

    /// <summary>Of those that have ended the newest stay. How many are gone.</summary>
    public static long KeepCqrs(MongoClient client, int newest)
    {
        var ended = new JsonObject { ["door"] = Cqrs, ["state"] = new JsonObject { ["$exists"] = true } };
        var options = new JsonObject { ["sort"] = new JsonObject { ["_id"] = -1 }, ["limit"] = 1, ["skip"] = newest, ["projection"] = new JsonObject { ["_id"] = 1 } };
        if (client.Find(Collection, ended, options, primary: true).Select(row => row.Text("_id")).FirstOrDefault() is not { } last)
        {
            return 0;
        }

        ended["_id"] = new JsonObject { ["$lte"] = last };
        return Documents.Delete(client, Collection, ended);
    }

    public static CommandRow? Find(MongoClient client, Guid id) =>
        List(client, Submitted(new Conditions().Add("_id", Documents.Id(id))), 1, 0).FirstOrDefault();

    public static List<CommandRow> FindByCallerId(MongoClient client, string callerId) =>
        List(client, Submitted(new Conditions().Equal("caller_id", callerId)), OfOneCaller, 0);

    /// <summary>Without its cursor.</summary>
    public static ListTotal Count(MongoClient client, CommandQuery query)
    {
        var conditions = Matching(query);
        var whole = conditions.IsEmpty;
        return client.CountList(Collection, Listed(conditions, query).Filter(), whole);
    }

    public static List<CommandRow> List(MongoClient client, CommandQuery query)
    {
        var conditions = Matching(query);
        if (Guid.TryParse(query.Cursor, CultureInfo.InvariantCulture, out var last))
        {
            conditions.Add("_id", new JsonObject { [query.OldestFirst ? "$gt" : "$lt"] = Documents.Id(last) });
        }

        return List(client, Listed(conditions, query), query.Limit + 1, query.Offset, query.OldestFirst ? 1 : -1);
    }

    // Those of the platform itself are a part of all at most: a list without them is counted as one of all.
    private static Conditions Listed(Conditions conditions, CommandQuery query) => query.WithoutOwn
        ? Submitted(conditions).Add(Conditions.Either(
            new JsonObject { ["door"] = new JsonObject { ["$nin"] = Texts(CommandQuery.OwnDoors) } }, new JsonObject { ["type"] = new JsonObject { ["$nin"] = Texts(CommandQuery.OwnTypes) } }))
        : Submitted(conditions);

    private static Conditions Submitted(Conditions conditions) => conditions.Add("submitted", new JsonObject { ["$exists"] = true });

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static Conditions Matching(CommandQuery query)
    {
        var conditions = new Conditions()
            .Equal("type", query.Type).Equal("kind", query.Kind).Equal("key", query.Key).Equal("user_id", query.UserId)
            .Equal("correlation_id", query.CorrelationId).Equal("code", query.Code).Equal("door", query.Door)
            .AtLeast("submitted", query.FromMs).AtMost("submitted", query.ToMs)
            .AtLeast("_id", query.FromMs is { } from ? Documents.Id(Ids.First(from - Slack)) : null)
            .Less("_id", query.ToMs is { } to ? Documents.Id(Ids.First(to + Slack)) : null);
        if (query.State is { } state)
        {
            // What waits has no end yet, nor has what runs.
            var open = state is CommandState.Queued or CommandState.Scheduled or CommandState.Running;
            conditions.Add("state", open ? new JsonObject { ["$exists"] = false } : (int)state);
            var delayed = new JsonObject { ["door"] = "schedule", ["schedule_id"] = new JsonObject { ["$exists"] = false } };
            conditions = state == CommandState.Scheduled ? conditions.Add(delayed) : state == CommandState.Queued ? conditions.Add(new JsonObject { ["$nor"] = new JsonArray(delayed) }) : conditions;
        }

        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            conditions.Add(Mentions(query.Text.Trim()));
        }

        return conditions;
    }

    private static JsonObject Mentions(string text)
    {
        var id = Guid.TryParse(text, out var parsed) ? Documents.Id(parsed) : text;
        var exact = new[] { ("_id", id), ("caller_id", text), ("key", text), ("correlation_id", text), ("user_id", text) }
            .Select(JsonNode (f) => new JsonObject { [f.Item1] = f.Item2 });
        return Conditions.Either([.. exact, new JsonObject { ["type"] = Documents.Begins(text.Replace("\0", "", StringComparison.Ordinal), ignoreCase: true) }]);
    }

    private static List<CommandRow> List(MongoClient client, Conditions conditions, int limit, int offset, int order = -1)
    {
        var filter = conditions.Filter();
        var options = new JsonObject { ["sort"] = new JsonObject { ["_id"] = order }, ["limit"] = limit, ["skip"] = offset, [MongoClient.Limit] = MongoClient.LimitMs };
        return [.. client.Find(Collection, filter, options).Select(CommandDocument.Read)];
    }
}
