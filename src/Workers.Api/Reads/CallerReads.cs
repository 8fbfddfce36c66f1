using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Engine.Identity;

namespace Workers.Api.Reads;

/// <summary>Who asks, as this program knows the caller.</summary>
internal sealed class CallerReads
{
    public const string Path = "/api/v1/me";

    public Task GetAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("name"u8, caller.Name);
        writer.WriteTexts("roles", Roles.Said(caller.Roles, " ").Split(' '));
        writer.WriteString("credential"u8, caller.KeyId is not null ? "key" : caller.IsKnown ? "token" : "none");
        writer.WriteText("key_id", caller.KeyId);
        writer.WriteTime("expires_at", caller.ExpiresMs ?? 0);
        writer.WriteEndObject();
        http.Response.Headers.CacheControl = "no-store";
        return json.SendAsync(http, StatusCodes.Status200OK);
    }
}
