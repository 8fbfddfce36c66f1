using System.Text;

namespace Workers.Engine.Store;

/// <summary>
/// A state key as stored: kind (UTF-8), then 1 and the 16 big-endian bytes of an id that is a guid in canonical form (lower case, hyphens), or 0 and
/// the id's UTF-8. Rows of a kind lie together.
/// </summary>
public static class StateKeyCodec
{
    private const byte TextId = 0;
    private const byte GuidId = 1;

    public static int MaxLength(StateKey key) => ((key.Kind.Length + key.Id.Length) * 3) + 17;

    public static int Write(StateKey key, Span<byte> target)
    {
        var kind = Encoding.UTF8.GetBytes(key.Kind, target);
        if (TryGuid(key.Id, out var id))
        {
            target[kind] = GuidId;
            id.TryWriteBytes(target[(kind + 1)..], bigEndian: true, out _);
            return kind + 17;
        }

        target[kind] = TextId;
        return kind + 1 + Encoding.UTF8.GetBytes(key.Id, target[(kind + 1)..]);
    }

    public static StateKey Read(ReadOnlySpan<byte> source)
    {
        var end = source.IndexOfAny(TextId, GuidId);
        var kind = Encoding.UTF8.GetString(source[..end]);
        var id = source[(end + 1)..];
        return new StateKey(kind, source[end] == GuidId ? new Guid(id, bigEndian: true).ToString() : Encoding.UTF8.GetString(id));
    }

    // Only what is written back the same may lose its spelling.
    private static bool TryGuid(string text, out Guid id)
    {
        id = default;
        if (text.Length != 36 || !Guid.TryParseExact(text, "D", out id))
        {
            return false;
        }

        Span<char> canonical = stackalloc char[36];
        id.TryFormat(canonical, out _);
        return canonical.SequenceEqual(text);
    }
}
