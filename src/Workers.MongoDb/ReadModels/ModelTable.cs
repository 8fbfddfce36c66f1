using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.ReadModels;

/// <summary>Read models, by key and in lists.</summary>
internal static class ModelTable
{
    public const string Collection = "read_models";

    public static void EnsureIndexes(MongoClient client) => client.EnsureIndexes(
        Collection, new("type deleted -created -id"), new("type deleted fields -created -id"), new("type deleted words"));

    /// <summary>Of each model the highest version, the last of equal ones, unless the stored one is newer.</summary>
    public static void Write(MongoClient client, IEnumerable<ReadModel> models)
    {
        var latest = new Dictionary<string, ReadModel>();
        foreach (var model in models)
        {
            var key = ModelDocument.Key(model.Type, model.Id);
            if (!latest.TryGetValue(key, out var other) || other.Version <= model.Version)
            {
                latest[key] = model;
            }
        }

        GuardedWrites.Run(client, Collection, upsert => latest.Select(m => MongoWrite.Replace(
            new JsonObject { ["_id"] = m.Key, ["version"] = new JsonObject { ["$lte"] = m.Value.Version } },
            ModelDocument.Write(m.Value),
            upsert)));
    }

    public static ReadModel? Find(MongoClient client, string type, string id) => client
        .Find(Collection, new JsonObject { ["_id"] = ModelDocument.Key(type, id) }, new JsonObject { ["limit"] = 1, ["projection"] = WithoutState() })
        .Select(ModelDocument.Read).FirstOrDefault();

    public static List<ReadModel> FindAll(MongoClient client, string type, IEnumerable<string> ids)
    {
        var filter = new JsonObject { ["_id"] = Documents.In(ids.Select(id => ModelDocument.Key(type, id))) };
        return [.. client.Find(Collection, filter, primary: true).Select(ModelDocument.Read)];
    }

    public static List<ReadModel> List(MongoClient client, ReadModelQuery query)
    {
        var direction = query.Ascending ? 1 : -1;
        var options = new JsonObject
        {
            ["sort"] = new JsonObject { ["created"] = direction, ["id"] = direction },
            ["limit"] = query.Limit + 1,
            ["skip"] = query.Offset,
            ["projection"] = WithoutState(),
            [MongoClient.Limit] = MongoClient.LimitMs,
        };
        return Matching(query) is { } conditions
            ? [.. client.Find(Collection, conditions.After("created", "id", ListCursor.Read(query.Cursor), query.Ascending).Filter(), options)
                .Select(ModelDocument.Read)]
            : [];
    }

    public static long Count(MongoClient client, ReadModelQuery query) =>
        Matching(query) is { } conditions ? client.Count(Collection, conditions.Filter()) : 0;

    // Null where nothing can match: a text without a single word.
    private static Conditions? Matching(ReadModelQuery query)
    {
        var conditions = new Conditions().Add("type", query.Type).Add("deleted", false);
        foreach (var (name, value) in query.Filters)
        {
            conditions.Add("fields", ModelDocument.Field(name, value));
        }

        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            var words = Words.Of(query.Text);
            if (words.Count == 0)
            {
                return null;
            }

            foreach (var word in words)
            {
                conditions.Add("words", Documents.Begins(word));
            }
        }

        return conditions;
    }

    /// <summary>Leaves out what only projections and queries need.</summary>
    public static JsonObject WithoutState() => new() { ["state"] = 0, ["words"] = 0, ["values"] = 0 };
}
