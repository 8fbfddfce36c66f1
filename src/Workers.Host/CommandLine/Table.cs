using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workers.Host.CommandLine;

/// <summary>Rows under headings: columns for people, an array of objects for programs.</summary>
internal sealed class Table(params string[] headings)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<string?[]> _rows = [];

    public int Count => _rows.Count;

    public void Add(params string?[] cells) => _rows.Add(cells);

    public void Write(TextWriter output, bool json)
    {
        if (json)
        {
            output.WriteLine(ToJson().ToJsonString(Indented));
            return;
        }

        var widths = headings.Select((h, i) => _rows.Select(r => (r[i] ?? "").Length).Append(h.Length).Max()).ToArray();
        Line(output, [.. headings.Select(h => h.ToUpperInvariant())], widths);
        foreach (var row in _rows)
        {
            Line(output, row, widths);
        }
    }

    public JsonArray ToJson() =>
        [.. _rows.Select(row => new JsonObject(headings.Select((h, i) => KeyValuePair.Create(h.Replace(' ', '_'), (JsonNode?)row[i]))))];

    private static void Line(TextWriter output, string?[] cells, int[] widths) =>
        output.WriteLine(string.Join("  ", cells.Select((c, i) => (c ?? "").PadRight(widths[i]))).TrimEnd());
}
