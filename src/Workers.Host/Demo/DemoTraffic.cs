using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Workers.Engine.Identity;

namespace Workers.Host.Demo;

/// <summary>
/// <c>--demo</c>: an order or two a second, as callers send them over HTTP, so that every page of the console has something to show; at its start what
/// goes wrong elsewhere too (<see cref="DemoTroubles"/>). All its ids begin with <c>demo-</c>.
/// </summary>
internal sealed class DemoTraffic(IServer server, IHostApplicationLifetime lifetime, TimeProvider clock, LocalSecret? secret = null) : BackgroundService
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(700);

    /// <summary>Prices whose payments the simulated gateway takes, declines (.13) and answers late (.17).</summary>
    private static readonly (string Id, decimal Price)[] s_products = [("demo-laptop", 999.99m), ("demo-mouse", 19.90m), ("demo-lamp", 35.17m), ("demo-desk", 250.13m)];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await StartedAsync(stoppingToken))
        {
            return;
        }

        using var http = new HttpClient { BaseAddress = Here(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        if (secret is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret.Text);
        }

        var api = new DemoCalls(http);
        try
        {
            foreach (var (id, price) in s_products)
            {
                await api.PostAsync("products", new() { ["product_id"] = id, ["name"] = id["demo-".Length..], ["sku"] = id.ToUpperInvariant(), ["price"] = price, ["stock"] = 1_000_000 }, stoppingToken);
            }

            var run = $"{clock.GetUtcNow().ToUnixTimeSeconds():x}";
            var troubles = new DemoTroubles(api, run, clock);
            using var timer = new PeriodicTimer(s_pace, clock);
            for (var count = 0; await timer.WaitForNextTickAsync(stoppingToken); count++)
            {
                await StepAsync(api, troubles, run, count, stoppingToken);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException)
        {
            // The program ends, or does not serve.
        }
    }

    private static async Task StepAsync(DemoCalls api, DemoTroubles troubles, string run, int count, CancellationToken cancellation)
    {
        try
        {
            var (id, price) = s_products[count % 11 == 10 ? 3 : count % 3];
            await api.OrderAsync($"demo-{run}-{count}", id, price, count % 17 == 16 ? 2_000_000 : 1 + (count % 3), cancellation);
            await troubles.StepAsync(count, cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && error is OperationCanceledException or HttpRequestException)
        {
            // A call without an answer is what callers live with: the next one is soon.
        }
    }

    // What listens everywhere is asked on this machine, by a name that is let in without a key.
    private static Uri Here(string address)
    {
        var uri = new UriBuilder(address);
        uri.Host = IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && !IPAddress.IsLoopback(ip) ? "127.0.0.1" : uri.Host;
        return uri.Uri;
    }

    private async Task<bool> StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var stopped = cancellation.Register(() => started.TrySetCanceled(cancellation));
        try
        {
            await started.Task;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

/// <summary>The calls of a demonstration. What is refused is part of it.</summary>
internal sealed class DemoCalls(HttpClient http)
{
    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellation) => http.GetFromJsonAsync<JsonNode>("api/v1/" + path, cancellation);

    public async Task PostAsync(string path, JsonObject body, CancellationToken cancellation)
    {
        using var answer = await http.PostAsJsonAsync("api/v1/" + path, body, cancellation);
    }

    public async Task DeleteAsync(string path, CancellationToken cancellation)
    {
        using var answer = await http.DeleteAsync(new Uri("api/v1/" + path, UriKind.Relative), cancellation);
    }

    public async Task CancelAsync(string order, CancellationToken cancellation)
    {
        using var answer = await http.PutAsJsonAsync($"api/v1/orders/{order}/cancel", new JsonObject { ["reason"] = "changed my mind" }, cancellation);
    }

    public Task OrderAsync(string order, string product, decimal price, int quantity, CancellationToken cancellation) => PostAsync("orders", new()
    {
        ["order_id"] = order,
        ["customer_id"] = "demo-ada",
        ["items"] = new JsonArray(new JsonObject { ["product_id"] = product, ["sku"] = product.ToUpperInvariant(), ["quantity"] = quantity, ["unit_price"] = price }),
        ["shipping_address"] = new JsonObject { ["street"] = "1 Harbour Street", ["city"] = "Hamburg", ["state"] = "HH", ["zip"] = "20457", ["country"] = "DE" },
        ["payment"] = new JsonObject { ["method"] = "card" },
    }, cancellation);
}
