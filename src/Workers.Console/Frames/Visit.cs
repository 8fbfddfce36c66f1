using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Workers.Pages.Inward;
using Workers.Pages.Markup;
using Workers.Engine.Identity;
using Workers.Engine.Options;

namespace Workers.Pages.Frames;

/// <summary>One request for a page: who asks, what of, and the API to ask in turn.</summary>
internal sealed class Visit(HttpContext http, Pipeline api, string? credential, DateTimeOffset now)
{
    /// <summary>The field that names a form.</summary>
    public const string OnceField = "once";

    private const string Api = "/api/v1/commands";
    private int _sent;

    public HttpContext Http => http;

    public DateTimeOffset Now => now;

    /// <summary>Who asks: name, roles, credential; nothing before that was found out.</summary>
    public Json Me { get; set; }

    public Role Roles => Engine.Identity.Roles.Granted([.. Me["roles"].Texts]);

    public required ConsoleOptions Options { get; init; }

    /// <summary>What the form names itself; null where none was sent. A form that comes twice asks for the same each time, which the API does once.</summary>
    public string? Once { get; set; }

    /// <summary>Carried by each form.</summary>
    public required string FormToken { get; init; }

    /// <summary>
    /// Before each link: the way up to the console's root. Links are relative, so that they hold under whatever prefix a proxy has put before them.
    /// </summary>
    public string Root { get; } = Up(http.Request.Path);

    public CancellationToken Cancellation => http.RequestAborted;

    /// <summary>A part of the path, as the route names it.</summary>
    public string Segment(string name) => http.Request.RouteValues[name] as string ?? "";

    public string Query(string name) => http.Request.Query[name].ToString().Trim();

    public bool May(Role anyOf) => (Roles & anyOf) != 0;

    public bool MayAll(Role all) => (Roles & all) == all;

    /// <summary>What the API answers, whatever that is.</summary>
    /// <param name="path">Below <c>/api/v1/commands</c>, or a whole path where it begins with <c>/</c>.</param>
    public Task<Answer> AskAsync(string path) => api.SendAsync(http, new(HttpMethods.Get, Whole(path), null, credential), Cancellation);

    /// <summary>What the API answers.</summary>
    /// <exception cref="RefusedException">It answers with a problem.</exception>
    public async Task<Json> ReadAsync(string path)
    {
        var answer = await AskAsync(path);
        return answer.IsDone ? answer.Json : throw new RefusedException(answer);
    }

    public Task<Answer> SendAsync(string method, string path, JsonObject? body) => api.SendAsync(
        http,
        new(method, Whole(path), body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()), credential) { Key = Once is null ? null : $"console-{Once}-{_sent++}" }, Cancellation);

    /// <summary>Sends on to the browser whatever the API answers.</summary>
    public Task PassAsync(string path) => api.PassAsync(http, new(HttpMethods.Get, Whole(path), null, credential));

    /// <summary>A link within the console.</summary>
    /// <param name="path">Such as <c>commands</c>.</param>
    /// <param name="query">Names and values; those without a value are left out.</param>
    public string Link(string path, params IEnumerable<(string Name, string Value)> query)
    {
        var said = string.Join('&', query.Where(one => one.Value.Length > 0).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value)}"));
        return Root + path + (said.Length == 0 ? "" : "?" + said);
    }

    public string Link(string path, string id) => $"{Root}{path}/{Uri.EscapeDataString(id)}";

    /// <summary>A query of the API's.</summary>
    public static string With(string path, params IEnumerable<(string Name, string Value)> query)
    {
        var said = string.Join('&', query.Where(one => one.Value.Length > 0).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value)}"));
        return said.Length == 0 ? path : $"{path}?{said}";
    }

    private static string Whole(string path) => path.StartsWith('/') ? path : path.Length == 0 || path[0] == '?' ? Api + path : $"{Api}/{path}";

    private static string Up(PathString path)
    {
        var below = path.Value!.Length > ConsoleRoutes.Path.Length ? path.Value[(ConsoleRoutes.Path.Length + 1)..] : "";
        var depth = below.Count(letter => letter == '/');
        return depth == 0 ? "./" : string.Concat(Enumerable.Repeat("../", depth));
    }
}
