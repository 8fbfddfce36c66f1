using Workers.Contracts.Commands;
using Workers.Engine.Encryption;
using Workers.Engine.Projections;

namespace Workers.Handlers.Projections;

/// <summary>
/// Hides values that nobody should read: members marked <see cref="SensitiveAttribute"/>, in open data those whose JSON name is on the list, and whatever is
/// encrypted. The value becomes <see cref="Sensitive.Hidden"/>, whatever it was.
/// </summary>
public sealed class SensitiveMask(SensitiveNames names) : IDataMask
{
    public SensitiveMask(IEnumerable<string> names)
        : this(new SensitiveNames(names))
    {
    }

    /// <summary>The list where none is configured.</summary>
    public static IReadOnlyList<string> DefaultNames { get; } = [.. Sensitive.Names];

    /// <inheritdoc/>
    public byte[] Apply(ReadOnlyMemory<byte> json, Type? type) => ApplyTo(json.Span, type);

    /// <summary>The same of what is not kept.</summary>
    public byte[] ApplyTo(ReadOnlySpan<byte> json, Type? type) =>
        SensitiveJson.Replace(json, names.Hidden(type), includesEncrypted: true, static _ => Sensitive.Hidden) ?? json.ToArray();

    /// <summary>Whether a member of this name is hidden everywhere.</summary>
    public bool Hides(string name) => names.Hides(name);
}
