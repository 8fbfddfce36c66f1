using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Workers.EndToEnd.Descriptions;

namespace Workers.EndToEnd.Documents;

/// <summary>Bodies that nobody should send: the same for a seed.</summary>
internal sealed class RandomBodies(int seed, IReadOnlyList<string> names)
{
    private static readonly string[] s_values =
    [
        "null", "true", "false", "0", "-1", "18", "1.005", "1e400", "-1e-400", "99999999999999999999999999999999", "9223372036854775808", "\"\"", "\"users\"",
        "\"payments\"", "\"eq\"", "\"contains\"", "\"USD\"", "\"CANCELLED\"", "\"CreateProduct\"", "\"a@b.co\"", "\"\\ud800\"", "\"\\u0000\"", "\"Zoë 東京 😀\"",
        "\"'; DROP TABLE users; --\"", "\"2026-01-31T12:00:00Z\"", "\"9999-12-31T23:59:59.9999999+14:00\"", "[]", "{}", "[null]", "[[[[[1]]]]]", "[{},{}]",
    ];

    private readonly Random _random = new(seed);

    /// <summary>Names of all members that the operation's body may have.</summary>
    public static IReadOnlyList<string> NamesOf(Operation operation)
    {
        var (names, seen) = (new SortedSet<string>(StringComparer.Ordinal) { "reason", "id", "unknown", "\\ud800" }, new HashSet<string>());
        Gather(operation.Body!["schema"]!);
        return [.. names];

        void Gather(JsonNode schema)
        {
            if (schema["$ref"]?.GetValue<string>() is { } reference)
            {
                if (seen.Add(reference))
                {
                    Gather(operation.Document.Schema.Resolve(reference));
                }

                return;
            }

            foreach (var (name, member) in schema["properties"] as JsonObject ?? [])
            {
                names.Add(name);
                Gather(member!);
            }

            foreach (var inner in schema["anyOf"] as JsonArray ?? [])
            {
                Gather(inner!);
            }

            if (schema["items"] is JsonObject items)
            {
                Gather(items);
            }
        }
    }

    public (byte[] Bytes, string MediaType) Next() => _random.Next(16) switch
    {
        0 => (Encoding.Unicode.GetBytes(Object(2)), "application/json; charset=utf-16"),
        1 => (Encoding.Latin1.GetBytes(Object(2).Replace("Zo", "Zoë", StringComparison.Ordinal) + "ë"), "application/json"),
        2 => (Encoding.UTF8.GetBytes(Object(2)), "text/plain"),
        3 => ([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Object(2))], "application/json"),
        _ => (Json(), "application/json"),
    };

    private byte[] Json()
    {
        var text = _random.Next(12) switch
        {
            0 => s_values[_random.Next(s_values.Length)],
            1 => new string('[', 100) + new string(']', 100),
            2 => string.Concat(Enumerable.Repeat("{\"data\":", 100)) + "1" + new string('}', 100),
            3 => Object(3) + "x",
            4 => Object(3)[..^1],
            5 => $"[{Object(2)},{Object(2)}]",
            _ => Object(3),
        };
        var bytes = Encoding.UTF8.GetBytes(text);
        if (_random.Next(15) == 0)
        {
            bytes[_random.Next(bytes.Length)] = (byte)_random.Next(128, 256);
        }

        return bytes;
    }

    private string Object(int depth)
    {
        // Names repeat now and then.
        var members = Enumerable.Range(0, _random.Next(6)).Select(_ => string.Create(
            CultureInfo.InvariantCulture, $"\"{names[_random.Next(names.Count)]}\":{Value(depth)}"));
        return $"{{{string.Join(',', members)}}}";
    }

    private string Value(int depth) => depth == 0 ? s_values[_random.Next(s_values.Length)] : _random.Next(4) switch
    {
        0 => Object(depth - 1),
        1 => $"[{string.Join(',', Enumerable.Range(0, _random.Next(3)).Select(_ => Value(depth - 1)))}]",
        _ => s_values[_random.Next(s_values.Length)],
    };
}
