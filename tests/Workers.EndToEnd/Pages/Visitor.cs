using System.Net;
using System.Text.RegularExpressions;
using Shouldly;

namespace Workers.EndToEnd.Pages;

/// <summary>A browser without script: keeps cookies, sends forms, follows nothing by itself.</summary>
internal sealed partial class Visitor(Uri program) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = program };

    private string _page = "";

    /// <summary>A page; its path is below <c>/console/</c>.</summary>
    public async Task<Shown> GetAsync(string path = "")
    {
        _page = path;
        return await ShownAsync(await _http.GetAsync(new Uri("/console/" + path, UriKind.Relative)));
    }

    /// <summary>Sends a form with the token of a page that was loaded before.</summary>
    public async Task<Shown> PostAsync(string path, string token, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("form_token", token), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/console/" + path, UriKind.Relative)) { Content = form, Headers = { Referrer = new Uri(program, "/console/" + _page) } };
        return await ShownAsync(await _http.SendAsync(request));
    }

    /// <summary>The same, and the page that follows.</summary>
    public async Task<Shown> DoAsync(string page, string path, params (string Name, string Value)[] fields)
    {
        var moved = await PostAsync(path, (await GetAsync(page)).Token, fields);
        moved.Status.ShouldBe(303, moved.Text);
        return await ShownAsync(await _http.GetAsync(new Uri(new Uri(program, "/console/" + path), moved.Location)));
    }

    public async Task SignInAsync(string key)
    {
        var moved = await PostAsync("sign-in", (await GetAsync("sign-in")).Token, ("key", key));
        moved.Status.ShouldBe(303, moved.Text);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Shown> ShownAsync(HttpResponseMessage response)
    {
        using (response)
        {
            return new(
                (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.OriginalString ?? "",
                response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join("; ", header.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    /// <summary>What the server sent.</summary>
    internal sealed partial record Shown(int Status, string Text, string Location, IReadOnlyDictionary<string, string> Headers)
    {
        public string Token => TokenField().Match(Text) is { Success: true } found ? found.Groups[1].Value : throw new InvalidOperationException($"No form: {Status} {Text}");

        /// <summary>What its forms name themselves.</summary>
        public IReadOnlyList<string> Once => [.. OnceField().Matches(Text).Select(found => found.Groups[1].Value)];

        /// <summary>Where links and forms lead, as they are written.</summary>
        public IReadOnlyList<string> Links => [.. Leading().Matches(Text).Select(link => WebUtility.HtmlDecode(link.Groups[1].Value))];

        [GeneratedRegex("name=\"once\" value=\"([0-9a-f]+)\"")]
        private static partial Regex OnceField();

        [GeneratedRegex("name=\"form_token\" value=\"([^\"]+)\"")]
        private static partial Regex TokenField();

        [GeneratedRegex("(?:href|src|action|data-from)=\"([^\"]*)\"")]
        private static partial Regex Leading();
    }
}
