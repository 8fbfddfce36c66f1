using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Workers.Contracts.Headers;

/// <summary>Writes a <see cref="HeaderBlock"/>. Values longer than 65,535 UTF-8 bytes and names longer than 255 are cut. Null values are left out.</summary>
public sealed class HeaderWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public HeaderWriter Add(HeaderName name, string? value)
    {
        if (value is null)
        {
            return this;
        }

        _buffer.GetSpan(1)[0] = (byte)name;
        _buffer.Advance(1);
        Value(value);
        return this;
    }

    public HeaderWriter Add(HeaderName name, ReadOnlySpan<byte> utf8)
    {
        var span = _buffer.GetSpan(3 + utf8.Length);
        span[0] = (byte)name;
        BinaryPrimitives.WriteUInt16LittleEndian(span[1..], (ushort)utf8.Length);
        utf8.CopyTo(span[3..]);
        _buffer.Advance(3 + utf8.Length);
        return this;
    }

    public HeaderWriter Add(HeaderName name, Guid value)
    {
        Span<byte> text = stackalloc byte[36];
        value.TryFormat(text, out _);
        return Add(name, text);
    }

    public HeaderWriter Add(HeaderName name, long value)
    {
        Span<byte> text = stackalloc byte[20];
        value.TryFormat(text, out var length);
        return Add(name, text[..length]);
    }

    /// <summary>A header by its wire name; a name that the platform knows takes its code.</summary>
    public HeaderWriter Add(string name, string? value)
    {
        if (value is null)
        {
            return this;
        }

        if (HeaderNames.Find(name) is var known and not HeaderName.Other)
        {
            return Add(known, value);
        }

        var span = _buffer.GetSpan(2 + Encoding.UTF8.GetMaxByteCount(name.Length));
        span[0] = (byte)HeaderName.Other;
        var length = Math.Min(255, Encoding.UTF8.GetBytes(name, span[2..]));
        span[1] = (byte)length;
        _buffer.Advance(2 + length);
        Value(value);
        return this;
    }

    /// <summary>The same with a value of bytes.</summary>
    public HeaderWriter Add(string name, ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8[..Math.Min(ushort.MaxValue, utf8.Length)];
        if (HeaderNames.Find(name) is var known and not HeaderName.Other)
        {
            return Add(known, utf8);
        }

        var span = _buffer.GetSpan(4 + Encoding.UTF8.GetMaxByteCount(name.Length) + utf8.Length);
        var length = Math.Min(255, Encoding.UTF8.GetBytes(name, span[2..]));
        (span[0], span[1]) = ((byte)HeaderName.Other, (byte)length);
        BinaryPrimitives.WriteUInt16LittleEndian(span[(2 + length)..], (ushort)utf8.Length);
        utf8.CopyTo(span[(4 + length)..]);
        _buffer.Advance(4 + length + utf8.Length);
        return this;
    }

    /// <summary>Forgets what was written, as after a failure.</summary>
    public HeaderWriter Clear()
    {
        _buffer.ResetWrittenCount();
        return this;
    }

    /// <summary>What was written so far, copied; the writer is empty afterwards.</summary>
    public HeaderBlock Take()
    {
        var block = new HeaderBlock(_buffer.WrittenSpan.ToArray());
        _buffer.ResetWrittenCount();
        return block;
    }

    private void Value(string value)
    {
        var span = _buffer.GetSpan(2 + Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Math.Min(ushort.MaxValue, Encoding.UTF8.GetBytes(value, span[2..]));
        BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)length);
        _buffer.Advance(2 + length);
    }
}
