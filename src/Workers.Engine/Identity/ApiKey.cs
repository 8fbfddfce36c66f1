using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Engine.Identity;

/// <summary>
/// What an API key looks like: <c>wk_</c>, 16 hex digits by which it is found, <c>_</c>, and 32 random bytes in base64url. Only its SHA-256 is stored: of so much
/// chance nothing slower is needed.
/// </summary>
public static class ApiKey
{
    public const string Prefix = "wk_";

    private const int IdLength = 16;
    private const int SecretLength = 43;
    private const int Length = 3 + IdLength + 1 + SecretLength;

    /// <summary>A new one.</summary>
    public static (string Id, string Text) Make()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        return (id, $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}");
    }

    /// <summary>What is stored of it.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The id in a key; false where the text has not the form of one.</summary>
    public static bool TryId(string text, [NotNullWhen(true)] out string? id)
    {
        var fits = text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length + IdLength] == '_'
            && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
        id = fits ? text.Substring(Prefix.Length, IdLength) : null;
        return fits;
    }

    /// <summary>Whether it is the key of that hash; takes as long where it is not.</summary>
    /// <param name="text">A key by its form.</param>
    /// <param name="hash">Hex, as <see cref="HashOf"/> makes it.</param>
    public static bool Is(string text, string hash)
    {
        Span<byte> utf8 = stackalloc byte[Length];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> hex = stackalloc byte[SHA256.HashSizeInBytes * 2];
        Span<byte> stored = stackalloc byte[SHA256.HashSizeInBytes * 2];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(text, utf8)], digest);
        Convert.TryToHexStringLower(digest, hex, out _);
        return hash.Length == stored.Length && Encoding.UTF8.GetBytes(hash, stored) == stored.Length && CryptographicOperations.FixedTimeEquals(hex, stored);
    }
}
