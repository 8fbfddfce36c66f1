using System.Text;

namespace Workers.Contracts.Commands;

/// <summary>The member has members of its own, with rules of their own.</summary>
public sealed class PartAttribute() : RuleAttribute(null)
{
    /// <summary>Whether a caller may write the part's members beside it, and errors name them so.</summary>
    public bool Flat { get; set; }

    /// <summary>Texts of the part that must be there.</summary>
    public string[] Needs { get; set; } = [];

    internal override string Default(string path, RuleSettings settings) => "";
}

/// <summary>Open data: any members, kept as they came.</summary>
public sealed class OpenAttribute() : RuleAttribute(null)
{
    /// <summary>Whether members of an envelope's data that are not members of the command belong here.</summary>
    public bool Rest { get; set; }

    internal override string Default(string path, RuleSettings settings) => "";
}

/// <summary>Texts by name that a caller keeps with the command: at most 64, together at most 16 KiB.</summary>
public sealed class MetadataAttribute() : RuleAttribute(null)
{
    public const int MaxEntries = 64;

    public const int MaxBytes = 16 * 1024;

    internal override bool AllowsPart(object? value) =>
        value is not Dictionary<string, string> entries || (entries.Count <= MaxEntries && Bytes(entries) <= MaxBytes);

    internal override string Default(string path, RuleSettings settings) => $"{path} must have at most {MaxEntries} entries and 16 KiB";

    private static int Bytes(Dictionary<string, string> entries)
    {
        var sum = 0;
        foreach (var (name, text) in entries)
        {
            sum += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(text);
        }

        return sum;
    }
}

/// <summary>Names of members that an update removes.</summary>
public sealed class ClearsAttribute() : RuleAttribute(null)
{
    internal override bool AllowsPart(object? value) =>
        value is not IReadOnlyList<string> names || (names.Count <= 64 && names.All(name => name.Length is >= 1 and <= 128));

    internal override string Default(string path, RuleSettings settings) => $"{path} must be at most 64 names";
}

/// <summary>Another name that callers use for the member.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class AliasAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Encrypted in the log and in the stores, masked in answers, log lines and pages.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SensitiveAttribute : Attribute
{
    /// <summary>False: masked only; the value itself opens nothing, as a hash.</summary>
    public bool Encrypted { get; set; } = true;
}
