using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.ReadModels;

/// <summary>
/// A read model as a document. <c>fields</c> is a list of <c>name=value</c>, so that one index serves the lists by any of them; <c>words</c> are
/// those of name and e-mail address; <c>texts</c> has them by name, for what is queried otherwise. A number stands
/// beside them as <c>n_{name}</c>, because FerretDB sums no members of members.
/// </summary>
internal static class ModelDocument
{
    public const string NumberPrefix = "n_";

    public static string Key(string type, string id) => $"{type}/{id}";

    public static string Field(string name, string value) => $"{name}={value}";

    public static JsonObject Write(ReadModel model)
    {
        var text = string.Join(' ', new[] { model.Fields.GetValueOrDefault("name"), model.Fields.GetValueOrDefault("email") }.OfType<string>());
        var document = new JsonObject
        {
            ["_id"] = Key(model.Type, model.Id),
            ["type"] = model.Type,
            ["id"] = model.Id,
            ["version"] = model.Version,
            ["deleted"] = model.Deleted,
            ["created"] = model.CreatedMs,
            ["updated"] = model.UpdatedMs,
            ["fields"] = Documents.Array(model.Fields.Select(f => Field(f.Key, f.Value))),
            ["texts"] = Texts(model),
            ["words"] = Documents.Array(model.Deleted ? [] : Words.Of(text).Distinct()),
            ["data"] = Documents.Data(model.Data),
            ["state"] = Documents.Data(model.State),
        };
        foreach (var (name, value) in model.Numbers)
        {
            document[NumberPrefix + name] = Documents.Long(value);
        }

        return document;
    }

    /// <summary>Its state is empty where it was not read.</summary>
    public static ReadModel Read(JsonElement document) => new(
        document.Text("type"), document.Text("id"), document.Int64("version"), document.GetProperty("deleted").GetBoolean(), document.Int64("created"),
        document.Int64("updated"), document.Bytes("data"), Fields(document.GetProperty("fields")), document.Bytes("state"));

    private static JsonObject Texts(ReadModel model)
    {
        var texts = new JsonObject();
        foreach (var (name, value) in model.Fields.Where(field => IsPlain(field.Key)))
        {
            texts[name] = value;
        }

        return texts;
    }

    // Others mean something to the server.
    private static bool IsPlain(string name) => name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private static Dictionary<string, string> Fields(JsonElement list)
    {
        var fields = new Dictionary<string, string>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            var text = item.GetString()!;
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            fields.Add(text[..equals], text[(equals + 1)..]);
        }

        return fields;
    }
}
