using System.Text.RegularExpressions;

namespace Workers.EndToEnd.Operations;

/// <summary>Which metrics a query of Prometheus names, with the labels that it selects them by.</summary>
/// <param name="Selectors">Metrics, in their order.</param>
/// <param name="Groups">Labels that it groups or joins by.</param>
internal sealed partial record PromQuery(IReadOnlyList<(string Metric, IReadOnlyList<string> Labels)> Selectors, IReadOnlyList<string> Groups)
{
    private static readonly HashSet<string> Grouping = ["by", "on", "group_left", "group_right", "without", "ignoring"];
    private static readonly HashSet<string> Words = ["and", "or", "unless", "bool", "offset", "sum", "min", "max", "avg", "count", "topk", "bottomk"];

    public static PromQuery Of(string text)
    {
        var tokens = new Queue<string>(Token().Matches(text).Select(token => token.Value));
        var (selectors, groups) = (new List<(string, IReadOnlyList<string>)>(), new List<string>());
        while (tokens.TryDequeue(out var token))
        {
            var next = tokens.TryPeek(out var peeked) ? peeked : "";
            if (Grouping.Contains(token) && next == "(")
            {
                var names = WordsUntil(")", tokens);
                groups.AddRange(token is "without" or "ignoring" ? [] : names);
            }
            else if (IsWord(token) && !Words.Contains(token) && next != "(")
            {
                selectors.Add((token, next == "{" ? WordsUntil("}", tokens) : []));
            }
        }

        return new PromQuery(selectors, groups);
    }

    private static List<string> WordsUntil(string end, Queue<string> tokens)
    {
        var words = new List<string>();
        while (tokens.TryDequeue(out var token) && token != end)
        {
            words.AddRange(IsWord(token) ? [token] : []);
        }

        return words;
    }

    private static bool IsWord(string token) => char.IsAsciiLetter(token[0]) || token[0] is '_' or ':';

    // Texts, ranges, words, numbers, and single characters.
    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|\S
        """)]
    private static partial Regex Token();
}
