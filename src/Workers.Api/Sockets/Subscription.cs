using System.IO.Enumeration;
using System.Text.Json;

namespace Workers.Api.Sockets;

/// <summary>What a client asks for: <c>{"subscribe":["order_*","command.*"],"after":seq}</c>.</summary>
/// <param name="Patterns">Names of events, where <c>*</c> stands for any text; null where it asks for nothing new.</param>
/// <param name="After">The seq behind which to begin; null for now.</param>
internal sealed record Subscription(IReadOnlyList<string>? Patterns, string? After)
{
    /// <summary>All events, from now on.</summary>
    public static readonly IReadOnlyList<string> Everything = ["*"];

    private const int MaxPatterns = 100;
    private const int MaxLength = 128;

    private static readonly string Rule = $"subscribe must have 1 to {MaxPatterns} patterns of 1 to {MaxLength} characters";

    public static bool Matches(IReadOnlyList<string> patterns, string name)
    {
        foreach (var pattern in patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a request's query asks for, or else the sentence that says what is wrong with it.</summary>
    /// <param name="subscribe">Patterns with commas between; null or empty: everything.</param>
    /// <param name="after">A seq; null or empty: from now on.</param>
    public static (Subscription? Asked, string? Error) Read(string? subscribe, string? after)
    {
        var patterns = string.IsNullOrEmpty(subscribe) ? null : subscribe.Split(',', StringSplitOptions.TrimEntries);
        return patterns is not null && !AreGood(patterns) ? (null, Rule) : (new Subscription(patterns, string.IsNullOrEmpty(after) ? null : after), null);
    }

    /// <summary>What the text asks for, or else the sentence that says what is wrong with it.</summary>
    public static (Subscription? Asked, string? Error) Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : (null, "A message must be a JSON object");
        }
        catch (JsonException)
        {
            return (null, "A message must be a JSON object");
        }
    }

    private static bool AreGood(IReadOnlyList<string> patterns) =>
        patterns.Count is > 0 and <= MaxPatterns && patterns.All(p => p.Length is > 0 and <= MaxLength);

    private static (Subscription? Asked, string? Error) Read(JsonElement root)
    {
        IReadOnlyList<string>? patterns = null;
        string? after = null;
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "subscribe" when member.Value.ValueKind == JsonValueKind.Array:
                    patterns = [.. member.Value.EnumerateArray().Select(p => p.ValueKind == JsonValueKind.String ? p.GetString()! : "")];
                    if (!AreGood(patterns))
                    {
                        return (null, Rule);
                    }

                    break;
                case "after" when member.Value.ValueKind == JsonValueKind.String:
                    after = member.Value.GetString();
                    break;
                case "subscribe":
                    return (null, "subscribe must be an array of patterns such as order_*");
                case "after":
                    return (null, "after must be the seq of a frame");
                default:
                    return (null, $"{member.Name} is not known; a message has subscribe and after");
            }
        }

        return patterns is null && after is null ? (null, "A message has subscribe or after") : (new Subscription(patterns, after), null);
    }
}
