using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Engine.Identity;

/// <summary>Signatures of Standard Webhooks: <c>v1,</c> and the base64 HMAC-SHA256 of <c>id.timestamp.body</c> by a secret that is <c>whsec_</c> and base64.</summary>
public static class WebhookSignature
{
    private const string Prefix = "whsec_";

    /// <summary>A new secret.</summary>
    public static string MakeSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The key that a secret is; false where it is none.</summary>
    public static bool TryKey(string secret, [NotNullWhen(true)] out byte[]? key)
    {
        var bytes = new byte[secret.Length];
        key = secret.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length) && length > 0
            ? bytes[..length]
            : null;
        return key is not null;
    }

    /// <summary>The key that a secret is.</summary>
    /// <exception cref="FormatException">It is none; the message does not repeat it.</exception>
    public static byte[] Key(string secret) => TryKey(secret, out var key) ? key : throw new FormatException("A signing secret is whsec_ followed by base64");

    /// <summary>The signature of a message.</summary>
    /// <param name="key">Of the secret.</param>
    /// <param name="id">The <c>webhook-id</c>.</param>
    /// <param name="timestamp">The <c>webhook-timestamp</c>: seconds since 1970.</param>
    /// <param name="body">As it is sent.</param>
    public static string Of(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }
}
