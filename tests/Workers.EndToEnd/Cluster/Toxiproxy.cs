using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Workers.EndToEnd.Cluster;

/// <summary>A way to a server that can be made slow, broken off or silent: a proxy of the Toxiproxy that <c>WORKERS_TEST_TOXIPROXY</c> names.</summary>
internal sealed class Toxiproxy : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly string _name;

    // Where the port is told, a run that was killed may have left its proxy there: it has the same name.
    private Toxiproxy(string listen) => _name = listen.EndsWith(":0", StringComparison.Ordinal) ? $"e2e{Guid.NewGuid():N}" : $"e2e{listen}";

    /// <summary><c>host:port</c> that leads to the server.</summary>
    public string Address { get; private set; } = "";

    /// <param name="upstream"><c>host:port</c> of the server.</param>
    /// <param name="listen">Port 0: one that is free.</param>
    public static async Task<Toxiproxy> OpenAsync(string upstream, string listen = "127.0.0.1:0")
    {
        var proxy = new Toxiproxy(listen);
        proxy._http.BaseAddress = new Uri(TestServers.Named("WORKERS_TEST_TOXIPROXY"));
        try
        {
            await proxy.DeleteAsync();
            var made = await proxy.PostAsync("/proxies", new JsonObject { ["name"] = proxy._name, ["listen"] = listen, ["upstream"] = upstream });
            proxy.Address = made["listen"]!.ToString();
            return proxy;
        }
        catch
        {
            proxy._http.Dispose();
            throw;
        }
    }

    /// <summary>Everything arrives late, there and back.</summary>
    public Task<IAsyncDisposable> SlowAsync(int milliseconds) => AddAsync("latency", new() { ["latency"] = milliseconds, ["jitter"] = milliseconds / 2 });

    /// <summary>Every connection is reset, those that are made too.</summary>
    public Task<IAsyncDisposable> ResettingAsync() => AddAsync("reset_peer", new() { ["timeout"] = 0 });

    /// <summary>Connections stand and are made, and nothing arrives: what is sent is lost, and nobody is told.</summary>
    public Task<IAsyncDisposable> SilentAsync() => AddAsync("timeout", new() { ["timeout"] = 0 });

    public async ValueTask DisposeAsync()
    {
        await DeleteAsync();
        _http.Dispose();
    }

    private async Task DeleteAsync()
    {
        using var gone = await _http.DeleteAsync(new Uri($"/proxies/{_name}", UriKind.Relative));
    }

    // Until what is returned is disposed of.
    private async Task<IAsyncDisposable> AddAsync(string type, JsonObject attributes)
    {
        var path = $"/proxies/{_name}/toxics";
        var toxics = new Toxics(_http, path);
        foreach (var stream in new[] { "upstream", "downstream" })
        {
            var name = $"{type}-{stream}";
            await PostAsync(path, new JsonObject { ["name"] = name, ["type"] = type, ["stream"] = stream, ["attributes"] = attributes.DeepClone() });
            toxics.Names.Add(name);
        }

        return toxics;
    }

    private async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"Toxiproxy: {path}: {text}");
    }

    private sealed class Toxics(HttpClient http, string path) : IAsyncDisposable
    {
        public List<string> Names { get; } = [];

        public async ValueTask DisposeAsync()
        {
            foreach (var name in Names)
            {
                using var gone = await http.DeleteAsync(new Uri($"{path}/{name}", UriKind.Relative));
                gone.EnsureSuccessStatusCode();
            }
        }
    }
}
