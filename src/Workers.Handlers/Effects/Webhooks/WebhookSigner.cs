using System.Globalization;
using Workers.Engine.Identity;

namespace Workers.Handlers.Effects.Webhooks;

/// <summary>Signs webhooks (<see cref="WebhookSignature"/>) by each secret, so that a receiver may know the old one or the new one while it is changed.</summary>
internal sealed class WebhookSigner
{
    private readonly List<byte[]> _keys;

    /// <param name="secrets"><c>whsec_</c> and base64; empty ones are left out.</param>
    /// <exception cref="FormatException">A secret is not one.</exception>
    public WebhookSigner(params IEnumerable<string> secrets) => _keys = [.. secrets.Where(s => s.Length > 0).Select(WebhookSignature.Key)];

    public bool Signs => _keys.Count > 0;

    /// <summary>The value of <c>webhook-signature</c>: signatures separated by a space.</summary>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var (stamp, signatures) = (timestamp.ToString(CultureInfo.InvariantCulture), new List<string>(_keys.Count));
        foreach (var key in _keys)
        {
            signatures.Add(WebhookSignature.Of(key, id, stamp, body));
        }

        return string.Join(' ', signatures);
    }
}
