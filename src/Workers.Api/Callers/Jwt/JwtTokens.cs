using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Workers.Engine.Identity;
using Workers.Engine.Options;

namespace Workers.Api.Callers.Jwt;

/// <summary>
/// Tokens of the issuer (RFC 7519): signature by one of its keys, issuer, audience, times. One that was found good is known for five minutes. A key that the
/// issuer withdraws opens nothing that long after it is missed, which it is within the hour (<see cref="IssuerKeys"/>), or a day while the issuer is away.
/// </summary>
internal sealed class JwtTokens(IssuerKeys keys, ApiOptions options, TimeProvider clock)
{
    private const int MaxLength = 8 * 1024;
    private const int MaxSubject = 255;
    private const int MaxKnown = 10_000;
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(5);

    private readonly JwtOptions _options = options.Jwt;
    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    public bool IsOn => _options.IsOn;

    /// <summary>Two dots; whether it is good is another question.</summary>
    public static bool LooksLikeOne(string text) => text.Length <= MaxLength && text.AsSpan().Count('.') == 2;

    /// <summary>The caller of a token that was found good a moment ago.</summary>
    public bool TryKnown(string token, [NotNullWhen(true)] out Caller? caller)
    {
        caller = _known.TryGetValue(HashOf(token), out var known) && known.Until > clock.GetUtcNow() ? known.Caller : null;
        return caller is not null;
    }

    /// <summary>Its caller, or why there is none.</summary>
    /// <exception cref="IssuerAwayException">The issuer's keys cannot be had.</exception>
    public async ValueTask<(Caller? Caller, string? Why)> ReadAsync(string token, CancellationToken cancellation)
    {
        var parts = token.Split('.');
        if (Json(parts[0]) is not { } header || Json(parts[1]) is not { } claims || !Base64Url.IsValid(parts[2]))
        {
            return (null, "The token cannot be read");
        }

        if (Text(header, "alg") is not { } algorithm || algorithm is not ("RS256" or "PS256" or "ES256") || header.TryGetProperty("crit", out _))
        {
            return (null, "The token must be signed with RS256, PS256 or ES256");
        }

        var (signed, signature) = (Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]));
        var found = await keys.FindAsync(Text(header, "kid"), cancellation);
        if (!found.Any(key => key.Verifies(algorithm, signed, signature)))
        {
            return (null, "The token is not signed by a key of the issuer");
        }

        if (Wrong(claims, out var ends) is { } why)
        {
            return (null, why);
        }

        var caller = new Caller(Text(claims, "sub")!, Roles.Granted(RolesOf(claims)), $"subject:{Text(claims, "sub")}", ExpiresMs: (ends + _options.ClockSkew).ToUnixTimeMilliseconds());
        Keep(token, caller, ends);
        return (caller, null);
    }

    private string? Wrong(JsonElement claims, out DateTimeOffset ends)
    {
        var now = clock.GetUtcNow();
        ends = Time(claims, "exp") ?? DateTimeOffset.MinValue;
        return Text(claims, "iss") != _options.Issuer ? "The token is of another issuer"
            : !IsFor(claims) ? "The token is for another audience"
            : ends + _options.ClockSkew <= now ? "The token has expired"
            : Time(claims, "nbf") - _options.ClockSkew > now || Time(claims, "iat") - _options.ClockSkew > now ? "The token is not valid yet"
            : Text(claims, "sub") is not { Length: > 0 and <= MaxSubject } subject || subject == Caller.AnonymousName ? "The token has no usable subject"
            : null;
    }

    private bool IsFor(JsonElement claims) => claims.TryGetProperty("aud", out var audience) && (audience.ValueKind == JsonValueKind.Array
        ? audience.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.GetString() == _options.Audience)
        : audience.ValueKind == JsonValueKind.String && audience.GetString() == _options.Audience);

    private IEnumerable<string> RolesOf(JsonElement claims)
    {
        // A claim's own name may have dots, as that of a URL has.
        if (!claims.TryGetProperty(_options.RolesClaim, out var at))
        {
            at = claims;
            foreach (var name in _options.RolesClaim.Split('.'))
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return [];
                }
            }
        }

        IEnumerable<string> said = at.ValueKind switch
        {
            JsonValueKind.Array => at.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!),
            JsonValueKind.String => at.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            _ => [],
        };
        return said.Where(role => role.StartsWith(_options.RolePrefix, StringComparison.Ordinal)).Select(role => role[_options.RolePrefix.Length..]);
    }

    private void Keep(string token, Caller caller, DateTimeOffset ends)
    {
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        var until = clock.GetUtcNow() + KnownFor;
        _known[HashOf(token)] = (caller, ends < until ? ends : until);
    }

    private static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var seconds) && seconds is >= 0 and < 253_402_300_800m
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Json(string part)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(part);
            if (!JsonUnicode.IsWhole(bytes))
            {
                return null;
            }

            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }
}
