using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Workers.Engine.Store;

namespace Workers.Host.CommandLine;

/// <summary>The process that serves, asked over HTTP on this machine: the embedded file is its own.</summary>
internal sealed class RunningProcess(string urls, TimeSpan patience) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(FirstLocal(urls)), Timeout = patience };

    public Uri Address => _http.BaseAddress!;

    /// <summary>The answer's status and its JSON, null where it has none.</summary>
    /// <exception cref="StoreOpenException">Nobody answers.</exception>
    public async Task<(int Status, JsonNode? Body)> Ask(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        }

        try
        {
            using var response = await _http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return ((int)response.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : null);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new StoreOpenException($"No process answers at {Address}; start it, or say where it serves with --urls.", e);
        }
    }

    /// <summary>Says why the process did not do it; the exit code.</summary>
    public int Refused(int status, JsonNode? body, Terminal terminal)
    {
        terminal.Fail(status == 404 && body is null
            ? $"{Address} serves no such path (404): name a process with the role api with --urls."
            : $"{body?["error"] ?? "The process answered"} ({status})");
        return status == 503 ? ExitCodes.Unavailable : ExitCodes.Failed;
    }

    public void Dispose() => _http.Dispose();

    private static string FirstLocal(string urls) =>
        urls.Split(';')[0].Replace("://*", "://127.0.0.1", StringComparison.Ordinal).Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal).Replace("://[::]", "://[::1]", StringComparison.Ordinal);
}
