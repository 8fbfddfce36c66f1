using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Engine.Encryption;

/// <summary>
/// Encrypts sensitive values before they reach the log, and so everything that is made of it: AES-256-GCM, each with a nonce of its own and the name of its key.
/// A value becomes the text <c>enc:v1:{key}:{base64url of nonce, ciphertext and tag}</c> of its JSON; what was stored before there was a key is read as it is.
/// </summary>
/// <param name="keys">The first encrypts; the others decrypt what was written under them.</param>
/// <param name="names">Which values are sensitive.</param>
public sealed class DataCipher(IReadOnlyList<DataKey> keys, SensitiveNames names)
{
    private const int Nonce = 12;
    private const int Tag = 16;

    private readonly DataKey _current = keys.Count > 0 ? keys[0] : throw new ArgumentException("There is no key to encrypt with.");

    /// <summary>The JSON with its sensitive values encrypted, whatever they look like; the same bytes where there are none.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="type">The command it is; null where only the list counts.</param>
    public byte[] Protect(byte[] json, Type? type) => SensitiveJson.Replace(json, names.Encrypted(type), includesEncrypted: false, Encrypt) ?? json;

    /// <summary>
    /// The JSON with what was encrypted as it was sent: for whom it was sent to, never for an answer. Only members that <see cref="Protect"/> encrypts are looked at: what a
    /// caller wrote elsewhere is no more than a text, whatever it looks like.
    /// </summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="type">The command it is; null where only the list counts.</param>
    /// <exception cref="DataKeyMissingException">It was encrypted with a key that is not here.</exception>
    public byte[] Reveal(byte[] json, Type? type) => SensitiveJson.Reveal(json, names.Encrypted(type), text => TryDecrypt(text, out var plain) ? plain : null) ?? json;

    /// <summary>A text as it was sent.</summary>
    /// <exception cref="DataKeyMissingException">It was encrypted with a key that is not here.</exception>
    public string Text(string stored) => TryDecrypt(stored, out var json) ? JsonSerializer.Deserialize<string>(json)! : stored;

    /// <summary>JSON, encrypted.</summary>
    public string Encrypt(ReadOnlySpan<byte> json)
    {
        var buffer = new byte[Nonce + json.Length + Tag];
        var span = buffer.AsSpan();
        RandomNumberGenerator.Fill(span[..Nonce]);
        using var aes = new AesGcm(_current.Bytes, Tag);
        aes.Encrypt(span[..Nonce], json, span.Slice(Nonce, json.Length), span[^Tag..], Encoding.UTF8.GetBytes(_current.Id));
        return $"{Sensitive.Encrypted}{_current.Id}:{Base64Url.EncodeToString(buffer)}";
    }

    private bool TryDecrypt(string text, [NotNullWhen(true)] out byte[]? json)
    {
        json = null;
        if (!text.StartsWith(Sensitive.Encrypted, StringComparison.Ordinal) || text.IndexOf(':', Sensitive.Encrypted.Length) is not (> 0 and var end)
            || !Base64Url.IsValid(text.AsSpan(end + 1), out var length) || length < Nonce + Tag)
        {
            return false;
        }

        var id = text[Sensitive.Encrypted.Length..end];
        var key = keys.FirstOrDefault(key => key.Id == id) ?? throw new DataKeyMissingException(id);
        var bytes = Base64Url.DecodeFromChars(text.AsSpan(end + 1)).AsSpan();
        json = new byte[bytes.Length - Nonce - Tag];
        using var aes = new AesGcm(key.Bytes, Tag);
        aes.Decrypt(bytes[..Nonce], bytes[Nonce..^Tag], bytes[^Tag..], json, Encoding.UTF8.GetBytes(id));
        return true;
    }
}

/// <summary>A key of 256 bits.</summary>
/// <param name="Id">Stands in each value that it encrypts.</param>
public sealed record DataKey(string Id, byte[] Bytes)
{
    public const int Length = 32;

    /// <summary>A new one.</summary>
    public static DataKey Make() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), RandomNumberGenerator.GetBytes(Length));

    /// <summary><c>{id}:{base64 of 32 bytes}</c>.</summary>
    /// <exception cref="FormatException">It is none; the message does not repeat it.</exception>
    public static DataKey Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var bytes = new byte[Length];
        return colon is > 0 and <= 32 && text.AsSpan(0, colon).IndexOfAnyExcept(Letters) < 0
            && Convert.TryFromBase64String(text[(colon + 1)..], bytes, out var length) && length == Length
            ? new DataKey(text[..colon], bytes)
            : throw new FormatException("A key is written id:base64, the id of 1 to 32 letters, digits, - or _, and 32 bytes in base64 (openssl rand -base64 32)");
    }

    public override string ToString() => $"{Id}:{Convert.ToBase64String(Bytes)}";

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
}

/// <summary>A value was encrypted with a key that this process does not have.</summary>
public sealed class DataKeyMissingException(string id)
    : Exception($"A stored value was encrypted with the key {id}, which is not here; add it to Workers:Encryption:KeyFile or Workers:Encryption:Keys");
