using Microsoft.AspNetCore.Http;
using Workers.Api.Callers.Jwt;
using Workers.Api.Http;
using Workers.Engine.Encryption;
using Workers.Engine.Identity;

namespace Workers.Api.Callers;

/// <summary>Whose a credential is: an API key (its requests signed, if it demands that), a token of the issuer, or the secret of this machine's command line.</summary>
internal sealed class Credentials(KeyRing keys, JwtTokens tokens, RateGate gate, RequestSignature signature, DataCipher? cipher = null, LocalSecret? local = null)
{
    private static readonly Caller s_commandLine = new("cli", Roles.Everything, "local");

    /// <summary>Whether callers need one: there is or was a key, or there is an issuer.</summary>
    public bool AreNeeded => tokens.IsOn || keys.HasHadKeys;

    public static bool Has(HttpRequest request) => request.Headers.Authorization.Count > 0 || request.Headers["X-Api-Key"].Count > 0;

    /// <summary>The caller, or why there is none. What costs more than a hash is done for an address's tokens only.</summary>
    public async ValueTask<(Caller Caller, Problem? Problem)> IdentifyAsync(HttpContext http)
    {
        if (Of(http.Request) is not { } text)
        {
            return Bad("The request has several credentials; send one");
        }

        if (tokens.IsOn && !text.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) && JwtTokens.LooksLikeOne(text))
        {
            return tokens.TryKnown(text, out var known) ? (known, null) : await ReadAsync(http, text);
        }

        if (local is not null && text.StartsWith(LocalSecret.Prefix, StringComparison.Ordinal))
        {
            return local.Is(text) && LocalOnly.Refuse(http) is null ? (s_commandLine, null) : Bad("The secret of the command line is another one");
        }

        if (keys.Match(text) is not { } key)
        {
            return Bad("The API key is not known; it may have been revoked");
        }

        return keys.IsExpired(key) ? Bad($"The API key {key.Row.Name} has expired", key.Caller)
            : key.Row.Signing is { } signing ? await SignedAsync(http, key, signing)
            : (key.Caller, null);
    }

    private async ValueTask<(Caller, Problem?)> ReadAsync(HttpContext http, string text)
    {
        if (await gate.RefuseAsync(http, Caller.Nobody, isBad: true) is { } late)
        {
            return (Caller.Nobody, late);
        }

        try
        {
            var (caller, why) = await tokens.ReadAsync(text, http.RequestAborted);
            return caller is null ? Bad(why!) : (caller, null);
        }
        catch (IssuerAwayException error)
        {
            return (Caller.Nobody, Problem.Unavailable("ISSUER_UNAVAILABLE", error.Message));
        }
    }

    // Its body is read to be hashed: the key's own bucket first.
    private async ValueTask<(Caller, Problem?)> SignedAsync(HttpContext http, StoredKey key, string signing)
    {
        if (await gate.RefuseAsync(http, key.Caller, isBad: false) is { } late)
        {
            return (key.Caller, late);
        }

        try
        {
            return await signature.WrongAsync(http, key.Id, cipher?.Text(signing) ?? signing) is { } why ? Bad(why, key.Caller) : (key.Caller, null);
        }
        catch (DataKeyMissingException error)
        {
            return (key.Caller, Problem.Unavailable("KEY_UNREADABLE", error.Message));
        }
    }

    private static string? Of(HttpRequest request)
    {
        const string bearer = "Bearer ";
        var (authorization, key) = (request.Headers.Authorization, request.Headers["X-Api-Key"]);
        if (authorization.Count + key.Count > 1)
        {
            return null;
        }

        var said = authorization.ToString();
        return key.Count > 0 ? key.ToString() : said.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? said[bearer.Length..].Trim() : said;
    }

    private static (Caller, Problem) Bad(string why, Caller? caller = null) =>
        (caller is null ? Caller.Nobody : caller with { Roles = Role.None }, Problem.Unauthorized(why));
}
