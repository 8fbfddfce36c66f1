using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Workers.EndToEnd.Cluster;

namespace Workers.EndToEnd.Pages.Browser;

/// <summary>A real browser: the machine's Chromium without a window, driven by its own protocol (DevTools) over a WebSocket.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sends = new(1, 1);
    private readonly Dictionary<int, TaskCompletionSource<JsonObject>> _waiting = [];
    private readonly Dictionary<string, Tab> _tabs = [];
    private int _calls;

    private Chromium(Process process, DirectoryInfo profile) => (_process, _profile) = (process, profile);

    /// <summary>Starts the browser that <c>WORKERS_TEST_CHROMIUM</c> names; the test is skipped where it names none.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var path = TestServers.Named("WORKERS_TEST_CHROMIUM");
        var profile = Directory.CreateTempSubdirectory("workers-browser-");
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardError = true,
            ArgumentList = { "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank" },
        };
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, line) =>
        {
            const string listening = "DevTools listening on ";
            if (line.Data?.StartsWith(listening, StringComparison.Ordinal) == true)
            {
                address.TrySetResult(new Uri(line.Data[listening.Length..]));
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        var browser = new Chromium(process, profile);
        await browser._socket.ConnectAsync(await address.Task.WaitAsync(s_patience), CancellationToken.None);
        _ = browser.ReadAsync();
        return browser;
    }

    /// <summary>An empty tab with cookies of its own.</summary>
    public async Task<Tab> OpenAsync(int width = 1280, int height = 900)
    {
        var context = (await CallAsync("Target.createBrowserContext", [], null))["browserContextId"]!.ToString();
        var target = (await CallAsync("Target.createTarget", new() { ["url"] = "about:blank", ["browserContextId"] = context, ["width"] = width, ["height"] = height }, null))["targetId"]!.ToString();
        var session = (await CallAsync("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true }, null))["sessionId"]!.ToString();
        var tab = new Tab(this, session, target);
        lock (_tabs)
        {
            _tabs[session] = tab;
        }

        await tab.BeginAsync(width, height);
        return tab;
    }

    public async Task<JsonObject> CallAsync(string method, JsonObject parameters, string? session)
    {
        var id = Interlocked.Increment(ref _calls);
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            _waiting[id] = answer;
        }

        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null)
        {
            call["sessionId"] = session;
        }

        await _sends.WaitAsync();
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sends.Release();
        }

        var said = await answer.Task.WaitAsync(s_patience);
        return said["error"] is { } error ? throw new InvalidOperationException($"{method}: {error.ToJsonString()}") : said["result"]!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _socket.Dispose();
        _sends.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // One of its processes still writes; the system's temporary files are cleared anyway.
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Take(JsonNode.Parse(message.ToArray())!.AsObject());
                    message.SetLength(0);
                }
            }
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The browser has ended.
        }
    }

    private void Take(JsonObject message)
    {
        if (message["id"]?.GetValue<int>() is { } id)
        {
            TaskCompletionSource<JsonObject>? waiting;
            lock (_waiting)
            {
                _waiting.Remove(id, out waiting);
            }

            waiting?.TrySetResult(message);
        }
        else if (message["sessionId"]?.ToString() is { } session)
        {
            Tab? tab;
            lock (_tabs)
            {
                tab = _tabs.GetValueOrDefault(session);
            }

            tab?.Happened(message["method"]!.ToString(), message["params"]!.AsObject());
        }
    }
}
