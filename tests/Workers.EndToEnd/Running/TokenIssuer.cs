using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Workers.EndToEnd.Running;

/// <summary>An OIDC issuer on a free port: a discovery document, a key, tokens.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);

    private TokenIssuer(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    public static async Task<TokenIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new TokenIssuer(builder.Build());
        issuer._app.MapGet("/.well-known/openid-configuration", http => http.Response.WriteAsync($$"""{"issuer":"{{issuer.Url}}","jwks_uri":"{{issuer.Url}}/keys"}"""));
        issuer._app.MapGet("/keys", http => http.Response.WriteAsync(issuer.Keys()));
        await issuer._app.StartAsync();
        issuer.Url = issuer._app.Urls.Single();
        return issuer;
    }

    /// <summary>A token of that subject with these roles.</summary>
    public string Token(string subject, params string[] roles)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var text = $"{Part(new { alg = "RS256", typ = "JWT", kid = "one" })}.{Part(new { iss = Url, aud = "workers", sub = subject, iat = now, exp = now + 600, roles })}";
        return $"{text}.{Base64Url.EncodeToString(_rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private string Keys()
    {
        var key = _rsa.ExportParameters(false);
        return $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"one","alg":"RS256","n":"{{Base64Url.EncodeToString(key.Modulus)}}","e":"{{Base64Url.EncodeToString(key.Exponent)}}"}]}""";
    }

    private static string Part(object json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
