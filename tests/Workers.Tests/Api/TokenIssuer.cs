using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Workers.Tests.Api;

/// <summary>An OIDC issuer on a free port: a discovery document, a key set, tokens.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "workers";

    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private TokenIssuer(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>How often its keys were asked for.</summary>
    public int Asked { get; private set; }

    public static async Task<TokenIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new TokenIssuer(builder.Build());
        issuer._app.MapGet("/.well-known/openid-configuration", http => http.Response.WriteAsync($$"""{"issuer":"{{issuer.Url}}","jwks_uri":"{{issuer.Url}}/keys"}"""));
        issuer._app.MapGet("/keys", async http =>
        {
            await issuer.Opens;
            await http.Response.WriteAsync(issuer.Published ?? issuer.Keys());
        });
        await issuer._app.StartAsync();
        issuer.Url = issuer._app.Urls.Single();
        return issuer;
    }

    /// <summary>What it publishes instead of its keys.</summary>
    public string? Published { get; set; }

    /// <summary>Before this it answers nobody.</summary>
    public Task Opens { get; set; } = Task.CompletedTask;

    /// <summary>A token with the usual claims and these.</summary>
    public string Token(Dictionary<string, object?> claims, string algorithm = "RS256", string? kid = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var all = new Dictionary<string, object?> { ["iss"] = Url, ["aud"] = Audience, ["sub"] = "ada", ["iat"] = now, ["exp"] = now + 600 };
        foreach (var (name, value) in claims)
        {
            all[name] = value;
        }

        var header = new Dictionary<string, object?> { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = kid ?? (algorithm == "ES256" ? "ec" : "rsa") };
        var text = $"{Part(header)}.{Part(all.Where(claim => claim.Value is not null).ToDictionary())}";
        var bytes = Encoding.ASCII.GetBytes(text);
        var signature = algorithm switch
        {
            "RS256" => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "ES256" => _ec.SignData(bytes, HashAlgorithmName.SHA256),

            // The public key as a secret: what a careless reader takes.
            "HS256" => HMACSHA256.HashData(_rsa.ExportSubjectPublicKeyInfo(), bytes),
            _ => [],
        };
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
        _ec.Dispose();
    }

    private string Keys()
    {
        Asked++;
        var (rsa, ec) = (_rsa.ExportParameters(false), _ec.ExportParameters(false));
        return $$"""
            {"keys":[{"kty":"RSA","use":"sig","kid":"rsa","alg":"RS256","n":"{{Base64Url.EncodeToString(rsa.Modulus)}}","e":"{{Base64Url.EncodeToString(rsa.Exponent)}}"},
                     {"kty":"EC","kid":"ec","crv":"P-256","x":"{{Base64Url.EncodeToString(ec.Q.X)}}","y":"{{Base64Url.EncodeToString(ec.Q.Y)}}"},
                     {"kty":"oct","kid":"secret","k":"AAAA"}]}
            """;
    }

    private static string Part(Dictionary<string, object?> json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
