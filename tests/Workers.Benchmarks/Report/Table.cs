using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workers.Benchmarks.Report;

/// <summary>What a run has measured: each line is told when it is there, the whole at the end as Markdown, and as JSON where a file is named.</summary>
internal sealed class Table
{
    private static readonly string[] Columns =
        ["goal", "what", "measured", "wanted", "met", "ceiling of the same run", "ratio", "durability", "payload", "batch", "B each", "p50 / p99 ms"];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Figure> _figures = [];

    public IReadOnlyList<Figure> Figures => _figures;

    public void Add(Figure figure)
    {
        _figures.Add(figure);
        var ratio = figure.Ratio is { } of ? $", {Percent(of)} of {figure.CeilingOf}" : "";
        Console.WriteLine($"{figure.Goal,-4} {figure.What}: {Text(figure.Value, figure.Unit)}{ratio}{(figure.Note is null ? "" : $" ({figure.Note})")}");
    }

    /// <summary>What could not be measured, and why.</summary>
    public static void Skip(string goal, string why) => Console.WriteLine($"{goal,-4} not measured: {why}");

    public void Print(Machine machine)
    {
        Console.WriteLine();
        Console.WriteLine(machine);
        Console.WriteLine();
        Console.WriteLine($"| {string.Join(" | ", Columns)} |");
        Console.WriteLine($"|{string.Concat(Enumerable.Repeat("---|", Columns.Length))}");
        foreach (var figure in _figures)
        {
            Console.WriteLine($"| {string.Join(" | ", Cells(figure))} |");
        }
    }

    public void Save(string path, Machine machine) =>
        File.WriteAllText(path, JsonSerializer.Serialize(new { machine, figures = _figures }, Json) + "\n");

    private static IEnumerable<string> Cells(Figure figure) =>
    [
        figure.Goal, figure.What + (figure.Note is null ? "" : $"; {figure.Note}"), Text(figure.Value, figure.Unit),
        figure.Wanted is { } wanted ? (figure.LessIsBetter ? "≤ " : "≥ ") + Text(wanted, figure.Unit) : "", figure.IsMet switch { true => "yes", false => "no", null => "" },
        figure.Ceiling is { } ceiling ? $"{figure.CeilingOf}: {Text(ceiling, figure.Unit)}" : "", figure.Ratio is { } ratio ? Percent(ratio) : "",
        figure.Durability, figure.Payload, figure.Batch, figure.Bytes is { } bytes ? bytes.ToString("N0", CultureInfo.InvariantCulture) : "",
        figure.P50Ms is { } p50 ? $"{Number(p50)} / {Number(figure.P99Ms ?? 0)}" : "",
    ];

    private static string Text(double value, string unit) => $"{Number(value)} {unit}";

    private static string Number(double value) => value.ToString(value >= 100 ? "N0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);

    private static string Percent(double ratio) => ratio.ToString("P0", CultureInfo.InvariantCulture);
}
