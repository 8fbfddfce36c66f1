using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.ReadModels;

/// <summary>Read models that somebody has saved, beside those that events make.</summary>
internal static class SavedModels
{
    private const string Collection = "saved_models";

    public static void EnsureIndexes(MongoClient client) => client.EnsureIndexes(Collection, new MongoIndex("type deleted -created -id"), new MongoIndex("deleted -updated -_id"));

    /// <summary>
    /// Of each the last, unless what is there is of a later record: a worker that stood still for long may come with what others have passed. What nothing is shown of any
    /// more leaves a mark (<c>gone</c>), so that this is known also then.
    /// </summary>
    public static void Write(MongoClient client, IEnumerable<SavedModel> models)
    {
        var last = Last(models);
        if (last.Count == 0)
        {
            return;
        }

        var deleted = last.Where(pair => pair.Value.Model.Deleted).Select(pair => pair.Key).ToList();
        var made = deleted.Count == 0 ? [] : Keys(client, ModelTable.Collection, new JsonObject { ["_id"] = Documents.In(deleted) });
        var created = Created(client, last.Where(pair => !pair.Value.Anew).Select(pair => pair.Key));
        GuardedWrites.Run(client, Collection, upsert => last.Select(pair => Write(pair.Key, pair.Value.Model, upsert)));

        MongoWrite Write(string key, SavedModel model, bool upsert) => MongoWrite.Update(
            Unpassed(key, model),
            new JsonObject { ["$set"] = Members(model, created.GetValueOrDefault(key, model.CreatedMs), model.Deleted && !made.Contains(key)) },
            upsert);
    }

    /// <summary>What events make of these is shown again.</summary>
    public static void Restore(MongoClient client, IEnumerable<ReadModel> models)
    {
        var hidden = Keys(client, Collection, Shown(new JsonObject { ["_id"] = Documents.In(models.Select(m => ModelDocument.Key(m.Type, m.Id))), ["deleted"] = true }));
        if (hidden.Count > 0)
        {
            client.Write(Collection, [.. hidden.Select(key => MongoWrite.Update(
                new JsonObject { ["_id"] = key, ["deleted"] = true }, new JsonObject { ["$set"] = new JsonObject { ["gone"] = true } }))]);
        }
    }

    public static List<SavedModel> Find(MongoClient client, string type, IEnumerable<string> ids) =>
        [.. client.Find(Collection, Shown(new JsonObject { ["_id"] = Documents.In(ids.Select(id => ModelDocument.Key(type, id))) }), Limited()).Select(Read)];

    public static List<SavedModel> List(MongoClient client, string type, int limit, (long CreatedMs, string Id)? after)
    {
        var conditions = new Conditions().Add("type", type).Add("deleted", false).After("created", "id", after, ascending: false);
        var options = Limited();
        (options["sort"], options["limit"]) = (new JsonObject { ["created"] = -1, ["id"] = -1 }, limit);
        return [.. client.Find(Collection, conditions.Filter(), options).Select(Read)];
    }

    /// <summary>How many are gone; what only hides stays. Of the marks that nothing is shown any more as many stay.</summary>
    public static long Keep(MongoClient client, int newest)
    {
        Keep(client, newest, new JsonObject { ["deleted"] = true, ["gone"] = true });
        return Keep(client, newest, new JsonObject { ["deleted"] = false });
    }

    /// <summary>What is shown, by type.</summary>
    public static Dictionary<string, long> CountShown(MongoClient client)
    {
        var counts = Count(client, ModelTable.Collection, new JsonObject { ["deleted"] = false });
        foreach (var (type, saved) in Count(client, Collection, new JsonObject { ["deleted"] = false }))
        {
            counts[type] = counts.GetValueOrDefault(type) + saved;
        }

        // Of those that both have, one is shown or none. Only keys and versions are looked at; FerretDB joins nothing.
        foreach (var some in client.Find(Collection, Shown([]), Limited("type", "version", "deleted")).Chunk(1_000))
        {
            var made = client.Find(
                ModelTable.Collection, new JsonObject { ["_id"] = Documents.In(some.Select(s => s.Text("_id"))), ["deleted"] = false }, Limited("version"))
                .ToDictionary(model => model.Text("_id"), model => model.Int64("version"));
            foreach (var saved in some)
            {
                if (made.TryGetValue(saved.Text("_id"), out var version) && (!saved.GetProperty("deleted").GetBoolean() || version <= saved.Int64("version")))
                {
                    counts[saved.Text("type")]--;
                }
            }
        }

        return counts;
    }

    private static Dictionary<string, long> Count(MongoClient client, string collection, JsonObject filter) => client.Command(new JsonObject
    {
        ["aggregate"] = collection,
        ["pipeline"] = new JsonArray(
            new JsonObject { ["$match"] = filter },
            new JsonObject { ["$group"] = new JsonObject { ["_id"] = "$type", ["n"] = new JsonObject { ["$sum"] = Documents.Long(1) } } }),
        ["cursor"] = new JsonObject(),
        [MongoClient.Limit] = MongoClient.LimitMs,
    }).GetProperty("cursor").GetProperty("firstBatch").EnumerateArray().ToDictionary(group => group.Text("_id"), group => group.Int64("n"));

    // Of each the last, created when it first was since it was last deleted; anew where a deletion is among these.
    private static Dictionary<string, (SavedModel Model, bool Anew)> Last(IEnumerable<SavedModel> models)
    {
        var last = new Dictionary<string, (SavedModel Model, bool Anew)>(StringComparer.Ordinal);
        foreach (var model in models)
        {
            var key = ModelDocument.Key(model.Type, model.Id);
            var known = last.TryGetValue(key, out var before);
            last[key] = model.Deleted || (known && before.Model.Deleted) ? (model, true)
                : known ? (model with { CreatedMs = before.Model.CreatedMs }, before.Anew)
                : (model, false);
        }

        return last;
    }

    private static Dictionary<string, long> Created(MongoClient client, IEnumerable<string> keys)
    {
        var filter = new JsonObject { ["_id"] = Documents.In(keys), ["deleted"] = false };
        return client.Find(Collection, filter, new JsonObject { ["projection"] = new JsonObject { ["created"] = 1 } }, primary: true)
            .ToDictionary(model => model.Text("_id"), model => model.Int64("created"));
    }

    // In one partition the offset tells what is later, unless the topic was made anew since, which the time tells; in another, since the partitions grew, the time.
    private static JsonObject Unpassed(string key, SavedModel model)
    {
        var (partition, offset) = model.Place;
        return new JsonObject
        {
            ["_id"] = key,
            ["$nor"] = new JsonArray(
                new JsonObject
                {
                    ["part"] = partition,
                    ["off"] = new JsonObject { ["$gt"] = offset },
                    ["updated"] = new JsonObject { ["$gte"] = model.UpdatedMs },
                },
                new JsonObject { ["part"] = new JsonObject { ["$exists"] = true, ["$ne"] = partition }, ["updated"] = new JsonObject { ["$gt"] = model.UpdatedMs } }),
        };
    }

    private static long Keep(MongoClient client, int newest, JsonObject which)
    {
        var options = new JsonObject { ["sort"] = new JsonObject { ["updated"] = -1, ["_id"] = -1 }, ["limit"] = 1, ["skip"] = newest };
        if (client.Find(Collection, which, options, primary: true).Select(JsonElement? (e) => e).FirstOrDefault() is not { } last)
        {
            return 0;
        }

        var older = Conditions.Either(
            new JsonObject { ["updated"] = new JsonObject { ["$lt"] = last.Int64("updated") } },
            new JsonObject { ["updated"] = last.Int64("updated"), ["_id"] = new JsonObject { ["$lte"] = last.Text("_id") } });
        return Documents.Delete(client, Collection, new JsonObject { ["$and"] = new JsonArray(which.DeepClone(), older) });
    }

    private static JsonObject Shown(JsonObject filter)
    {
        filter["gone"] = new JsonObject { ["$ne"] = true };
        return filter;
    }

    private static JsonObject Limited(params string[] members)
    {
        var options = new JsonObject { [MongoClient.Limit] = MongoClient.LimitMs };
        if (members.Length > 0)
        {
            options["projection"] = new JsonObject(members.Select(name => KeyValuePair.Create(name, (JsonNode?)1)));
        }

        return options;
    }

    private static HashSet<string> Keys(MongoClient client, string collection, JsonObject filter) =>
        [.. client.Find(collection, filter, new JsonObject { ["projection"] = new JsonObject { ["_id"] = 1 } }, primary: true).Select(found => found.Text("_id"))];

    private static JsonObject Members(SavedModel model, long createdMs, bool gone) => new()
    {
        ["type"] = model.Type,
        ["id"] = model.Id,
        ["version"] = model.Version,
        ["deleted"] = model.Deleted,
        ["gone"] = gone,
        ["created"] = createdMs,
        ["updated"] = model.UpdatedMs,
        ["part"] = model.Place.Partition,
        ["off"] = model.Place.Offset,
        ["data"] = Documents.Data(model.Data),
    };

    private static SavedModel Read(JsonElement model) => new(
        model.Text("type"), model.Text("id"), model.Int64("version"), model.GetProperty("deleted").GetBoolean(), model.Int64("created"), model.Int64("updated"),
        model.Bytes("data"));
}
