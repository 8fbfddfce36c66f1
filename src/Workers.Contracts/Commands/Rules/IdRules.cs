using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;

namespace Workers.Contracts.Commands;

/// <summary>Which texts are ids: 1 to 128 printable characters without <c>/ \ ? # %</c>, and no word that is a path of ours.</summary>
public static class IdRules
{
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:@+=~!$&'()*,;|");

    // Path segments that stand where an id of the same resource could.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        "audit", "cache", "cancellations", "category", "circuit-breaker", "dead-letters", "execute", "execute-async", "execute-batch", "export", "groups", "handlers", "history", "import",
        "metrics", "partitions", "query", "queue", "queues", "range", "replay", "sagas", "schedule", "scheduled", "search", "subscriptions", "type",
        "undo", "user", "workers");

    /// <summary>Whether the text may be an id.</summary>
    public static bool IsId(string? value) =>
        value is { Length: >= 1 and <= MaxLength } && IsPrintable(value) && !Reserved.Contains(value) && value is not ("." or "..");

    private static bool IsPrintable(string value)
    {
        if (!value.AsSpan().ContainsAnyExcept(Plain))
        {
            return true;
        }

        if (value[0] == ' ' || value[^1] == ' ' || value.AsSpan().ContainsAny("/\\?#%"))
        {
            return false;
        }

        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value == ' ')
            {
                continue;
            }

            // Control, format, surrogate, private and unassigned characters, and separators other than a blank.
            var category = System.Text.Rune.GetUnicodeCategory(rune);
            if (category is >= UnicodeCategory.SpaceSeparator and <= UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned || rune.Value == 0xFFFD)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>An id; an empty text counts as absent.</summary>
public sealed class IdAttribute() : RuleAttribute(null)
{
    internal override bool AllowsText(string? value, RuleSettings settings) => string.IsNullOrEmpty(value) || IdRules.IsId(value);

    internal override string Default(string path, RuleSettings settings) => Sentences.Id(path);
}

/// <summary>The member that is the aggregate's id: the key by which the command is ordered.</summary>
public sealed class KeyAttribute() : RuleAttribute(null)
{
    /// <summary>Whether the door makes an id when the caller gives none.</summary>
    public bool Made { get; set; }

    /// <summary>Whether the door finds the id by another member when the caller gives none.</summary>
    public bool LookedUp { get; set; }

    internal override bool AllowsText(string? value, RuleSettings settings) => (LookedUp && string.IsNullOrEmpty(value)) || IdRules.IsId(value);

    internal override string Default(string path, RuleSettings settings) => Sentences.Id(path);
}

internal static class Sentences
{
    public static string Id(string path) => $"{path} must be 1 to {IdRules.MaxLength} printable characters without / \\ ? # % and no reserved word";
}
