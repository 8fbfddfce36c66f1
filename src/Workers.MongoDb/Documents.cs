using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Workers.Engine.Projections;

namespace Workers.MongoDb;

/// <summary>How values stand in documents. Numbers are Int64, ids lower-case text, times milliseconds since 1970.</summary>
internal static class Documents
{
    private const int DeletedAtOnce = 1_000;

    /// <summary>Text where it is, so that the shell shows it; else binary. Either is read back byte for byte.</summary>
    public static JsonNode Data(ReadOnlySpan<byte> bytes) =>
        bytes.Contains((byte)0) || !Utf8.IsValid(bytes) ? Binary(bytes) : JsonValue.Create(Encoding.UTF8.GetString(bytes));

    /// <summary>Also where it would fit into less, so that sums of it are Int64.</summary>
    public static JsonObject Long(long value) => new() { ["$numberLong"] = value.ToString(CultureInfo.InvariantCulture) };

    public static JsonObject Binary(ReadOnlySpan<byte> bytes) =>
        new() { ["$binary"] = new JsonObject { ["base64"] = Convert.ToBase64String(bytes), ["subType"] = "00" } };

    /// <summary>How many are gone. In steps: each is answered in time.</summary>
    public static long Delete(MongoClient client, string collection, JsonObject filter)
    {
        var gone = 0L;
        List<JsonElement> found;
        do
        {
            var options = new JsonObject { ["limit"] = DeletedAtOnce, ["projection"] = new JsonObject { ["_id"] = 1 } };
            found = [.. client.Find(collection, (JsonObject)filter.DeepClone(), options, primary: true)];
            if (found.Count > 0)
            {
                var which = new JsonObject { ["_id"] = In(found.Select(document => document.Text("_id"))) };
                gone += client.Command(new JsonObject
                {
                    ["delete"] = collection,
                    ["deletes"] = new JsonArray(new JsonObject { ["q"] = which, ["limit"] = 0 }),
                }).GetProperty("n").GetInt64();
            }
        }
        while (found.Count == DeletedAtOnce);

        return gone;
    }

    public static string Id(Guid id) => id.ToString("D");

    public static string? IdOrNull(Guid? id) => id?.ToString("D");

    public static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);

    /// <summary>One of these.</summary>
    public static JsonObject In(IEnumerable<string> values) => new() { ["$in"] = Array(values) };

    /// <summary>As text begins; the pattern's own signs are taken literally.</summary>
    public static JsonObject Begins(string text, bool ignoreCase = false) => Pattern("^", text, ignoreCase ? "i" : "");

    /// <summary>Text with this in it.</summary>
    public static JsonObject Contains(string text) => Pattern("", text, "");

    public static byte[] Bytes(this JsonElement document, string name) => document.TryGetProperty(name, out var value) ? Bytes(value) : [];

    public static string Text(this JsonElement document, string name) => document.GetProperty(name).GetString()!;

    public static string? TextOrNull(this JsonElement document, string name) => document.TryGetProperty(name, out var value) ? value.GetString() : null;

    public static long Int64(this JsonElement document, string name) => document.GetProperty(name).GetInt64();

    public static Guid Guid(this JsonElement document, string name) => System.Guid.ParseExact(document.Text(name), "D");

    public static Guid? GuidOrNull(this JsonElement document, string name) => document.TextOrNull(name) is { } id ? System.Guid.ParseExact(id, "D") : null;

    /// <summary>One more than asked for was read: it only tells that there is more.</summary>
    public static Page<T> Page<T>(List<T> found, int limit, Func<T, string> cursor, long? total = null)
    {
        if (found.Count <= limit)
        {
            return new Page<T>(found, null, total);
        }

        found.RemoveRange(limit, found.Count - limit);
        return new Page<T>(found, limit == 0 ? null : cursor(found[^1]), total);
    }

    private static JsonObject Pattern(string before, string text, string options) => new()
    {
        ["$regularExpression"] = new JsonObject
        {
            ["pattern"] = before + System.Text.RegularExpressions.Regex.Escape(text),
            ["options"] = options,
        },
    };

    private static byte[] Bytes(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? Encoding.UTF8.GetBytes(value.GetString()!)
        : value.GetProperty("$binary").GetProperty("base64").GetBytesFromBase64();
}
