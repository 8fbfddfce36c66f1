using System.Collections.Frozen;

namespace Workers.Contracts.Commands;

/// <summary>Members of open data whose values nobody should read, by their JSON names; those of records are marked <see cref="SensitiveAttribute"/>.</summary>
public static class Sensitive
{
    /// <summary>What is shown instead, whatever the value was.</summary>
    public const string Hidden = "***";

    /// <summary>With this begins what is kept instead of a sensitive value.</summary>
    public const string Encrypted = "enc:v1:";

    private static readonly FrozenSet<string> Set = FrozenSet.Create(StringComparer.Ordinal, "card_number", "cvv", "cvc", "password", "secret");

    public static IReadOnlyCollection<string> Names => Set;

    /// <summary>Whether a member of this name is hidden. Upper and lower case differ.</summary>
    public static bool Hides(string name) => Set.Contains(name);

    /// <summary>Whether a member is hidden: by its name, or because its value is encrypted.</summary>
    public static bool Hides(string name, string? value) => Hides(name) || value?.StartsWith(Encrypted, StringComparison.Ordinal) == true;
}
