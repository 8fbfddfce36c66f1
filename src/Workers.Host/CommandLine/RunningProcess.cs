using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Store;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>
/// The process that serves, asked over HTTP on this machine: the embedded file is its own. It is shown the key of <c>WORKERS_API_KEY</c>, else on this machine the
/// secret that lies in the data directory.
/// </summary>
internal sealed class RunningProcess(string urls, TimeSpan patience, string? credential = null) : IDisposable
{
    private const string KeyVariable = "WORKERS_API_KEY";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly HttpClient _http = new() { BaseAddress = new Uri(FirstLocal(urls)), Timeout = patience };

    public static RunningProcess Of(Settings settings, TimeSpan patience) => new(
        settings.Urls, patience,
        Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key
        : new Uri(FirstLocal(settings.Urls)).IsLoopback ? CommandLineSecret.Find(settings.Options.Data) : null);

    /// <summary>Asks the process that the command line means.</summary>
    public static async Task<int> Ask(ParseResult parsed, Terminal terminal, Func<RunningProcess, Task<int>> ask)
    {
        using var process = Of(CommonOptions.Settings(parsed, terminal), TimeSpan.FromSeconds(40));
        return await ask(process);
    }

    public Uri Address => _http.BaseAddress!;

    /// <summary>Whether anybody serves there. Whoever it is, it is shown no credential.</summary>
    public async Task<bool> Answers()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri("/health/live", UriKind.Relative));
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>The answer's status and its JSON, null where it has none.</summary>
    /// <exception cref="StoreOpenException">Nobody answers.</exception>
    public async Task<(int Status, JsonNode? Body)> Ask(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (credential is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

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

    /// <summary>Reads a long answer as it comes; the exit code.</summary>
    /// <exception cref="StoreOpenException">Nobody answers, or no more before the end.</exception>
    public async Task<int> Read(string path, Terminal terminal, Func<Stream, Task<int>> read)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (credential is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (response.IsSuccessStatusCode)
            {
                await using var body = await response.Content.ReadAsStreamAsync();
                return await read(body);
            }

            var text = await response.Content.ReadAsStringAsync();
            return Refused((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null, terminal);
        }
        catch (HttpRequestException e)
        {
            throw new StoreOpenException($"No process answers at {Address}; start it, or say where it serves with --urls.", e);
        }
        catch (HttpIOException e)
        {
            throw new StoreOpenException($"The process at {Address} broke off: what came is not whole. Its log says why.", e);
        }
    }

    /// <summary>Prints what is answered; the exit code.</summary>
    public async Task<int> Print(HttpMethod method, string path, JsonNode? sent, Terminal terminal)
    {
        var (status, body) = await Ask(method, path, sent);
        if (status >= 300)
        {
            return Refused(status, body, terminal);
        }

        terminal.Line(body?.ToJsonString(Indented) ?? "done");
        return ExitCodes.Ok;
    }

    /// <summary>Prints a list, with these members as its columns; the exit code.</summary>
    public async Task<int> List(string path, string[] members, Terminal terminal, bool json)
    {
        var (status, body) = await Ask(HttpMethod.Get, path);
        if (status != 200 || body?["items"] is not JsonArray items)
        {
            return Refused(status, body, terminal);
        }

        if (json)
        {
            terminal.Line(items.ToJsonString(Indented));
            return ExitCodes.Ok;
        }

        var table = new Table(members);
        foreach (var item in items)
        {
            table.Add([.. members.Select(m => item?[m] is JsonArray list ? string.Join(",", list) : item?[m]?.ToString())]);
        }

        table.Write(terminal.Out, json: false);
        return ExitCodes.Ok;
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
