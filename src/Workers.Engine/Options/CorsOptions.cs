using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Api:Cors</c>: pages of other sites that may call from a browser.</summary>
public sealed class CorsOptions
{
    /// <summary>Origins (<c>https://shop.example</c>) whose pages may call, read the answers and open WebSockets, with what credentials they have. Default none.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    public bool Allows(string origin) => Origins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    internal IEnumerable<ValidationResult> Validate() => Origins.Where(origin => !IsOrigin(origin)).Select(
        origin => new ValidationResult($"Workers:Api:Cors:Origins has '{origin}', which is no origin: scheme, host and port as browsers send them, such as https://shop.example"));

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
