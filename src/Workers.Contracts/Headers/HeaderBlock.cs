using System.Buffers.Binary;
using System.Text;

namespace Workers.Contracts.Headers;

/// <summary>
/// A record's headers as they lie in the log: a sequence of (code byte, [name length, name,] value length as UInt16 LE, UTF-8 value).
/// Nothing is decoded until it is asked for. Empty is a valid block. Made by <see cref="HeaderWriter"/>.
/// </summary>
public readonly struct HeaderBlock(ReadOnlyMemory<byte> bytes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>The header's UTF-8 value; false where it is absent.</summary>
    public bool TryGet(HeaderName name, out ReadOnlySpan<byte> value)
    {
        var block = Bytes.Span;
        var at = 0;
        while (Next(block, ref at, out var code, out _, out value))
        {
            if (code == name)
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The header as text; null where it is absent.</summary>
    public string? Get(HeaderName name) => !TryGet(name, out var value) ? null
        : name is HeaderName.Type or HeaderName.Door or HeaderName.Entity or HeaderName.Source or HeaderName.Version ? RepeatedText.Of(value)
        : Encoding.UTF8.GetString(value);

    /// <summary>The same with one header more.</summary>
    public HeaderBlock With(HeaderName name, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var block = new byte[Bytes.Length + 3 + length];
        Bytes.Span.CopyTo(block);
        var added = block.AsSpan(Bytes.Length);
        added[0] = (byte)name;
        BinaryPrimitives.WriteUInt16LittleEndian(added[1..], checked((ushort)length));
        Encoding.UTF8.GetBytes(value, added[3..]);
        return new HeaderBlock(block);
    }

    /// <summary>The same without these.</summary>
    public HeaderBlock Without(params ReadOnlySpan<HeaderName> names)
    {
        var block = Bytes.Span;
        var kept = new byte[block.Length];
        var (at, from, length) = (0, 0, 0);
        while (Next(block, ref at, out var code, out _, out _))
        {
            if (!names.Contains(code))
            {
                block[from..at].CopyTo(kept.AsSpan(length));
                length += at - from;
            }

            from = at;
        }

        return new HeaderBlock(kept.AsMemory(0, length));
    }

    public bool Has(HeaderName name) => TryGet(name, out _);

    /// <summary>All headers by their names on the wire.</summary>
    public IEnumerable<KeyValuePair<string, string>> All()
    {
        var found = new List<KeyValuePair<string, string>>();
        var block = Bytes.Span;
        var at = 0;
        while (Next(block, ref at, out var code, out var name, out var value))
        {
            found.Add(new(code == HeaderName.Other ? Encoding.UTF8.GetString(name) : HeaderNames.Of(code), Encoding.UTF8.GetString(value)));
        }

        return found;
    }

    /// <summary>
    /// The header at <paramref name="at"/>, which begins at 0 and is moved behind it; false at the end. <paramref name="name"/> (UTF-8) is empty for headers
    /// that the platform knows.
    /// </summary>
    public bool Next(scoped ref int at, out HeaderName code, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) =>
        Next(Bytes.Span, ref at, out code, out name, out value);

    private static bool Next(ReadOnlySpan<byte> block, scoped ref int at, out HeaderName code, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (at >= block.Length)
        {
            code = default;
            return false;
        }

        code = (HeaderName)block[at++];
        if (code == HeaderName.Other)
        {
            name = block.Slice(at + 1, block[at]);
            at += 1 + name.Length;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(block[at..]);
        value = block.Slice(at + 2, length);
        at += 2 + length;
        return true;
    }
}
