using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Options;

namespace Workers.Api.Descriptions;

/// <summary>Serves what the program says of itself: made when it is first asked for, the same from then on.</summary>
internal sealed class DescriptionReads
{
    public const string YamlType = "application/yaml";

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lazy<Description> _openApi;
    private readonly Lazy<Description> _asyncApi;

    public DescriptionReads(EndpointDataSource endpoints, RuleSettings settings, ServiceOptions service, FeedMessages feeds)
    {
        var version = (Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];
        var docs = new XmlDocs();
        _openApi = new(() => Description.Of(Encoding.UTF8.GetBytes(
            new OpenApiDocument(settings, docs).Make(endpoints.Endpoints, service.Name, version).ToJsonString(s_json)), JsonAnswer.MediaType));
        _asyncApi = new(() => Description.Of(Encoding.UTF8.GetBytes(Yaml.Of(new AsyncApiDocument(settings, docs, feeds).Make(service.Name, version))), YamlType));
    }

    public Task OpenApiAsync(HttpContext http) => SendAsync(http, _openApi.Value);

    public Task AsyncApiAsync(HttpContext http) => SendAsync(http, _asyncApi.Value);

    private static Task SendAsync(HttpContext http, Description description)
    {
        http.Response.Headers.ETag = description.Tag;
        http.Response.Headers.CacheControl = "no-cache";
        var known = http.Request.Headers.IfNoneMatch.ToString();
        var status = known == "*" || known.Contains(description.Tag, StringComparison.Ordinal) ? StatusCodes.Status304NotModified : StatusCodes.Status200OK;
        return JsonAnswer.SendAsync(http, status, description.Bytes, description.MediaType);
    }

    private sealed record Description(byte[] Bytes, string MediaType, string Tag)
    {
        public static Description Of(byte[] bytes, string mediaType) => new(bytes, mediaType, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
    }
}
