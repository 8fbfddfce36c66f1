using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Feeds;

/// <summary>How connections end, and what comes after the process did.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class LiveEndTests
{
    [Test, Long]
    public async Task Nothing_is_missed_or_told_twice_when_the_process_is_killed()
    {
        using var directory = new DataDirectory();
        string last;
        using (var program = await RunningProgram.StartAsync(directory.FullName))
        {
            using var client = await LiveClient.ConnectAsync(program.Api.Address);
            await client.SubscribeAsync("\"product_*\"");
            await program.Api.PostAsync("/api/v1/products", Bodies.Product("p1", 5));
            last = LiveClient.Seq((await client.UntilAsync(f => LiveClient.Event(f) == "product_created"))[^1]);
            for (var price = 1; price <= 20; price++)
            {
                (await program.Api.PutAsync("/api/v1/products/p1", $$"""{"price":{{price}}}""")).Status.ShouldBe(200);
            }

            await program.KillAsync();
        }

        using var next = await RunningProgram.StartAsync(directory.FullName);
        using var again = await LiveClient.ConnectAsync(next.Api.Address, $"subscribe=product_*&after={last}");
        var frames = await again.UntilAsync(f => LiveClient.Event(f) == "product_updated" && f["data"]!["version"]!.GetValue<int>() == 21);

        frames.Where(f => LiveClient.Event(f) != "subscribed").Select(f => f["data"]!["version"]!.GetValue<int>()).ShouldBe(Enumerable.Range(2, 20));
        var feed = await next.Api.GetAsync("/api/v1/feeds/repository-events?limit=1000");
        feed.Items.Select(e => e["id"]!.ToString()).ShouldBeUnique();
        feed.Items.Count().ShouldBe(21);
    }

    [Test]
    public async Task Clients_that_are_slow_are_dropped_too_many_are_refused_and_all_hear_of_the_end()
    {
        using var directory = new DataDirectory();
        using var program = await RunningProgram.StartAsync(
            directory.FullName, new Dictionary<string, string> { ["Workers__WebSocket__Buffer"] = "2", ["Workers__WebSocket__MaxPerUser"] = "2" });
        using var slow = await LiveClient.ConnectAsync(program.Api.Address);
        using var quick = await LiveClient.ConnectAsync(program.Api.Address);
        await slow.SubscribeAsync("\"user_*\"");
        await quick.SubscribeAsync("\"product_*\"");

        // More than the buffers of both sides' sockets hold.
        var note = new string('x', 500_000);
        for (var i = 0; i < 200 && !program.Output.Contains("too slowly", StringComparison.Ordinal); i++)
        {
            await program.Api.PostAsync("/api/v1/users", $$"""{"user_id":"u{{i}}","attributes":{"note":"{{note}}"},"name":"Ada","email":"a@example.com"}""");
        }

        (await slow.EndAsync()).Status.ShouldBe(1013);
        using var first = await LiveClient.ConnectAsync(program.Api.Address, "user_id=ada");
        using var second = await LiveClient.ConnectAsync(program.Api.Address, "user_id=ada");
        await Should.ThrowAsync<System.Net.WebSockets.WebSocketException>(() => LiveClient.ConnectAsync(program.Api.Address, "user_id=ada"));

        var ending = program.TerminateAsync();
        (await quick.EndAsync()).Status.ShouldBe(1001);
        (await first.EndAsync()).Status.ShouldBe(1001);
        (await second.EndAsync()).Status.ShouldBe(1001);
        (await ending).ExitCode.ShouldBe(0);
    }
}
