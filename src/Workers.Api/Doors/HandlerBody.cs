using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Options;

namespace Workers.Api.Doors;

/// <summary>Where a handler outside is, as whoever registers it says: <c>{url, secret, timeout}</c>; the timeout in seconds.</summary>
internal sealed record HandlerBody(string? Url, string? Secret, long? TimeoutMs)
{
    private const int MaxTypes = 100;

    /// <exception cref="ProblemException">It may not be there, or the secret is none.</exception>
    public static HandlerBody Read(JsonBody body, HandlerOptions handlers)
    {
        var (url, secret) = (body.Text("url"), body.Text("secret"));
        if (url is not null && handlers.Refuse(url) is { } why)
        {
            throw ListQuery.Bad("url", why);
        }

        return secret is null || WebhookSecret.IsOne(secret)
            ? new HandlerBody(url, secret, body.Whole("timeout", 1, 60) * 1_000L)
            : throw ListQuery.Bad("secret", "secret must be whsec_ and base64 of 24 to 64 bytes");
    }

    /// <summary>Null where the body has none.</summary>
    public static IReadOnlyList<string>? TypesOf(JsonBody body) => body.Texts("types") is not { } types ? null
        : types.Count is > 0 and <= MaxTypes && types.All(IdRules.IsId) ? [.. types.Distinct()]
        : throw ListQuery.Bad("types", $"types must be 1 to {MaxTypes} names");
}
