using System.Text.Json.Nodes;

namespace Workers.EndToEnd.Pages.Browser;

/// <summary>A tab of the browser: goes to pages, looks at them, presses keys; and notes what went wrong and where it asked.</summary>
internal sealed class Tab(Chromium browser, string session, string target) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private readonly List<string> _errors = [];
    private readonly List<Uri> _asked = [];
    private TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the browser complained of: the script's errors, refusals of the policy, what could not be loaded.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
            {
                return [.. _errors];
            }
        }
    }

    /// <summary>Every address that it asked.</summary>
    public IReadOnlyList<Uri> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    public async Task BeginAsync(int width, int height)
    {
        foreach (var domain in (string[])["Page", "Runtime", "Log", "Network"])
        {
            await CallAsync(domain + ".enable", []);
        }

        await CallAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
    }

    public Task WithoutScriptAsync() => CallAsync("Emulation.setScriptExecutionDisabled", new() { ["value"] = true });

    public Task DarkAsync(bool dark) => CallAsync("Emulation.setEmulatedMedia", new()
    {
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
    });

    /// <summary>Loads a page.</summary>
    public async Task GoAsync(Uri address)
    {
        await ThenLoadedAsync(() => CallAsync("Page.navigate", new() { ["url"] = address.ToString() }));
    }

    /// <summary>Does something that leads to another page, and returns when that is loaded.</summary>
    public async Task ThenLoadedAsync(Func<Task> act)
    {
        _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await act();
        await _loaded.Task.WaitAsync(s_patience);
    }

    /// <summary>What an expression comes to; promises are awaited.</summary>
    public async Task<JsonNode?> SeeAsync(string expression)
    {
        var said = await CallAsync("Runtime.evaluate", new() { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        return said["exceptionDetails"] is { } thrown ? throw new InvalidOperationException(thrown.ToJsonString()) : said["result"]!["value"];
    }

    /// <summary>Returns when an expression is true.</summary>
    public async Task UntilAsync(string expression)
    {
        using var deadline = new CancellationTokenSource(s_patience);
        using var timer = new PeriodicTimer(s_look);
        while ((await SeeAsync($"!!({expression})"))?.GetValue<bool>() != true)
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Presses keys, each a letter or a name such as <c>Enter</c>.</summary>
    public async Task PressAsync(params string[] keys)
    {
        foreach (var key in keys)
        {
            var down = new JsonObject { ["type"] = "keyDown", ["key"] = key };
            if (key.Length == 1 || key == "Enter")
            {
                down["text"] = key == "Enter" ? "\r" : key;
            }

            if (key is "Enter" or "Tab" or "Escape")
            {
                down["windowsVirtualKeyCode"] = key switch { "Enter" => 13, "Tab" => 9, _ => 27 };
            }

            await CallAsync("Input.dispatchKeyEvent", down);
            await CallAsync("Input.dispatchKeyEvent", new() { ["type"] = "keyUp", ["key"] = key });
        }
    }

    /// <summary>The whole page as it looks, or its upper part; PNG.</summary>
    /// <param name="tallest">Pixels.</param>
    public async Task<byte[]> PictureAsync(int tallest)
    {
        var (width, height) = ((await SeeAsync("innerWidth"))!.GetValue<int>(), (await SeeAsync("document.documentElement.scrollHeight"))!.GetValue<int>());
        var taken = await CallAsync("Page.captureScreenshot", new()
        {
            ["captureBeyondViewport"] = true,
            ["clip"] = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = width, ["height"] = Math.Min(height, tallest), ["scale"] = 1 },
        });
        return Convert.FromBase64String(taken["data"]!.ToString());
    }

    public Task<JsonObject> CallAsync(string method, JsonObject parameters) => browser.CallAsync(method, parameters, session);

    public void Happened(string method, JsonObject what)
    {
        switch (method)
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Runtime.exceptionThrown" or "Log.entryAdded" when method[0] == 'R' || what["entry"]!["level"]!.ToString() == "error":
                Note(what.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when what["type"]!.ToString() == "error":
                Note(what.ToJsonString());
                break;
            case "Network.requestWillBeSent" when Uri.TryCreate(what["request"]!["url"]!.ToString(), UriKind.Absolute, out var address):
                lock (_asked)
                {
                    _asked.Add(address);
                }

                break;
        }
    }

    public async ValueTask DisposeAsync() => await browser.CallAsync("Target.closeTarget", new() { ["targetId"] = target }, null);

    private void Note(string error)
    {
        lock (_errors)
        {
            _errors.Add(error);
        }
    }
}
