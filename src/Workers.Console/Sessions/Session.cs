using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Workers.Pages.Sessions;

/// <summary>
/// What a browser keeps: who signed in (the credential itself, sealed, for twelve hours), a random value that forms are tied to, signed and masked anew in each page, and what is to be said on the next page.
/// No script can read any of it, and no other site can have it sent.
/// </summary>
internal sealed class Session(Secrets secrets, TimeProvider clock)
{
    public const string FormField = "form_token";

    private const string Credential = "workers-session";
    private const string Form = "workers-form";
    private const string Said = "workers-said";

    // Browsers drop longer ones without a word.
    private const int Longest = 3_900;
    private static readonly TimeSpan s_stay = TimeSpan.FromHours(12);

    /// <summary>The credential that somebody has signed in with; null for none, or where its time is over.</summary>
    public string? CredentialOf(HttpContext http) =>
        http.Request.Cookies[Credential] is { } cookie && secrets.Open(cookie)?.Split('\n', 2) is [var ends, var credential]
        && long.TryParse(ends, NumberStyles.None, CultureInfo.InvariantCulture, out var endsMs) && endsMs > clock.GetUtcNow().ToUnixTimeMilliseconds()
            ? credential
            : null;

    /// <summary>False where the credential is too long for a cookie: it is not kept then.</summary>
    public bool SignIn(HttpContext http, string credential)
    {
        var ends = clock.GetUtcNow() + s_stay;
        var value = secrets.Seal(string.Create(CultureInfo.InvariantCulture, $"{ends.ToUnixTimeMilliseconds()}\n{credential}"));
        if (value.Length > Longest)
        {
            return false;
        }

        http.Response.Cookies.Append(Credential, value, Options(http, s_stay));
        return true;
    }

    public static void SignOut(HttpContext http) => http.Response.Cookies.Delete(Credential, Options(http));

    /// <summary>What each form of this visit carries.</summary>
    public string FormTokenOf(HttpContext http)
    {
        if (http.Items[Form] is string token)
        {
            return token;
        }

        if (http.Request.Cookies[Form] is not { Length: 32 } value)
        {
            value = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            http.Response.Cookies.Append(Form, value, Options(http));
        }

        token = Secrets.Mask(secrets.Sign(Bound(http, value)));
        http.Items[Form] = token;
        return token;
    }

    /// <summary>Whether a form came from a page of ours, to this browser, in this session.</summary>
    public bool IsOurs(HttpContext http, string token) =>
        http.Request.Cookies[Form] is { Length: 32 } value && Secrets.Unmask(token) is { } signature && secrets.IsSigned(Bound(http, value), signature);

    /// <summary>Says something on the next page.</summary>
    public static void Say(HttpContext http, Notice notice) =>
        http.Response.Cookies.Append(Said, (notice.IsError ? "!" : "=") + Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(notice.Cut().Text)), Options(http, TimeSpan.FromMinutes(1)));

    /// <summary>What was to be said, once.</summary>
    public static Notice? Hear(HttpContext http)
    {
        if (http.Request.Cookies[Said] is not { Length: > 1 } cookie || !Base64Url.IsValid(cookie.AsSpan(1)))
        {
            return null;
        }

        http.Response.Cookies.Delete(Said, Options(http));
        return new Notice(System.Text.Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cookie.AsSpan(1))), cookie[0] == '!');
    }

    private static string Bound(HttpContext http, string value) => $"{value}\n{http.Request.Cookies[Credential]}";

    // At the root: behind a proxy with a prefix the browser's path is not ours. Lax, so that a link from an alert finds its reader signed in; no GET changes anything.
    private static CookieOptions Options(HttpContext http, TimeSpan? stay = null) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        Path = "/",
        MaxAge = stay,
        IsEssential = true,
    };
}

/// <summary>A sentence about what was done, or was not.</summary>
internal sealed record Notice(string Text, bool IsError = false)
{
    // A cookie has no room for more.
    public Notice Cut() => Text.Length <= 600 ? this : this with { Text = Text[..600] + "…" };
}
