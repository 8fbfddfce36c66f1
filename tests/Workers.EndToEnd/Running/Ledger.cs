using System.Text.Json.Nodes;

namespace Workers.EndToEnd.Running;

/// <summary>A line of what the simulated gateway has moved.</summary>
/// <param name="Kind"><c>charge</c> or <c>refund</c>.</param>
internal sealed record Move(string Kind, string Payment, decimal Amount);

internal static class Ledger
{
    /// <summary>The whole lines, in order; none where there is no file.</summary>
    public static List<Move> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = file.ReadToEnd().Split('\n');
        return [.. lines[..^1].Select(line => JsonNode.Parse(line)!).Select(
            line => new Move(line["kind"]!.ToString(), line["payment"]!.ToString(), line["amount"]!.GetValue<decimal>()))];
    }
}
