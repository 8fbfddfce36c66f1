using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Workers.Handlers.Effects.Webhooks;

/// <summary>
/// Signatures of Standard Webhooks: <c>v1,</c> and the base64 HMAC-SHA256 of <c>id.timestamp.body</c>, one for each secret, so that a receiver may
/// know the old one or the new one while it is changed.
/// </summary>
internal sealed class WebhookSigner
{
    private const string Prefix = "whsec_";

    private readonly List<byte[]> _keys;

    /// <param name="secrets"><c>whsec_</c> and base64; empty ones are left out.</param>
    /// <exception cref="FormatException">A secret is not one.</exception>
    public WebhookSigner(params IEnumerable<string> secrets) => _keys = [.. secrets.Where(s => s.Length > 0).Select(Key)];

    public bool Signs => _keys.Count > 0;

    /// <summary>The value of <c>webhook-signature</c>: signatures separated by a space.</summary>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        byte[] signed = [.. head, .. body];
        return string.Join(' ', _keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }

    private static byte[] Key(string secret)
    {
        var key = new byte[secret.Length];
        return secret.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) && length > 0
            ? key[..length]
            : throw new FormatException("Workers:Notifications:Secret must be whsec_ followed by base64");
    }
}
