using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Projections;

namespace Workers.MongoDb.ReadModels;

/// <summary>
/// A read model as a document. <c>fields</c> is a list of <c>name=value</c>, so that one index serves the lists by any of them; <c>words</c> are
/// those of name and e-mail address; <c>values</c> has texts and numbers by name, for what is queried otherwise.
/// </summary>
internal static class ModelDocument
{
    public static string Key(string type, string id) => $"{type}/{id}";

    public static string Field(string name, string value) => $"{name}={value}";

    public static JsonObject Write(ReadModel model)
    {
        var text = string.Join(' ', new[] { model.Fields.GetValueOrDefault("name"), model.Fields.GetValueOrDefault("email") }.OfType<string>());
        return new JsonObject
        {
            ["_id"] = Key(model.Type, model.Id),
            ["type"] = model.Type,
            ["id"] = model.Id,
            ["version"] = model.Version,
            ["deleted"] = model.Deleted,
            ["created"] = model.CreatedMs,
            ["updated"] = model.UpdatedMs,
            ["fields"] = Documents.Array(model.Fields.Select(f => Field(f.Key, f.Value))),
            ["values"] = Values(model),
            ["words"] = Documents.Array(model.Deleted ? [] : Words.Of(text).Distinct()),
            ["data"] = Documents.Data(model.Data),
            ["state"] = Documents.Data(model.State),
        };
    }

    /// <summary>Its state is empty where it was not read.</summary>
    public static ReadModel Read(JsonElement document) => new(
        document.Text("type"), document.Text("id"), document.Int64("version"), document.GetProperty("deleted").GetBoolean(), document.Int64("created"),
        document.Int64("updated"), document.Bytes("data"), Fields(document.GetProperty("fields")), document.Bytes("state"));

    private static JsonObject Values(ReadModel model)
    {
        var values = new JsonObject();
        foreach (var (name, value) in model.Fields.Where(field => IsPlain(field.Key)))
        {
            values[name] = value;
        }

        foreach (var (name, value) in model.Numbers)
        {
            values[name] = Documents.Long(value);
        }

        return values;
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
