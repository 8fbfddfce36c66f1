using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Workers.Pages.Frames;

namespace Workers.Pages;

/// <summary>The style, the script and the icon: parts of the program, known by their content.</summary>
internal static class Assets
{
    private static readonly FrozenDictionary<string, Asset> s_all = new (string Name, string Type)[]
    {
        ("console.css", "text/css; charset=utf-8"), ("console.js", "text/javascript; charset=utf-8"), ("icon.svg", "image/svg+xml"),
    }.ToFrozenDictionary(one => one.Name, one => Read(one.Name, one.Type), StringComparer.Ordinal);

    public static async Task SendAsync(HttpContext http)
    {
        Frame.Protect(http);
        if (!s_all.TryGetValue(http.Request.RouteValues["name"] as string ?? "", out var asset))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var headers = http.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.ETag = asset.Tag;
        if (http.Request.Headers.IfNoneMatch == asset.Tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = asset.Type;
        http.Response.ContentLength = asset.Bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(asset.Bytes, http.RequestAborted);
        }
    }

    private static Asset Read(string name, string type)
    {
        using var resource = typeof(Assets).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return new(bytes.ToArray(), type, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))[..16]}\"");
    }

    private sealed record Asset(byte[] Bytes, string Type, string Tag);
}
