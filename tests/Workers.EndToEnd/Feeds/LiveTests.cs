using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using static Workers.EndToEnd.Running.LiveClient;

namespace Workers.EndToEnd.Feeds;

/// <summary>Live events by WebSocket.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class LiveTests
{
    private static ApiClient Api => SharedProgram.Api;

    [Test]
    public async Task A_client_hears_of_commands_and_of_what_they_change()
    {
        var id = Bodies.Id("live");
        using var client = await ConnectAsync(Api.Address);
        await client.SubscribeAsync("\"*\"");

        await Api.PostAsync("/api/v1/products", Bodies.Product(id, 5));

        var frames = await client.UntilAsync(f => Event(f) == "command.executed" && f["data"]!["key"]!.ToString() == id);
        var created = frames.Single(f => Event(f) == "product_created" && f["data"]!["product_id"]!.ToString() == id);
        created.Select(m => m.Key).ShouldBe(["event", "type", "id", "seq", "at", "data"]);
        created["type"]!.ToString().ShouldBe("ProductCreated");
        frames[^1]["type"]!.ToString().ShouldBe("CreateProduct");
        frames[^1]["data"]!["state"]!.ToString().ShouldBe("SUCCEEDED");
    }

    [Test]
    public async Task A_client_of_a_user_hears_of_that_user_and_of_what_concerns_nobody()
    {
        var (mine, other, product) = (Bodies.Id("user"), Bodies.Id("user"), Bodies.Id("live"));
        using var client = await ConnectAsync(Api.Address, $"user_id={mine}&client_id=c");
        await client.SubscribeAsync("\"user_*\",\"product_*\"");

        foreach (var user in new[] { other, mine })
        {
            await Api.PostAsync("/api/v1/users", $$"""{"user_id":"{{user}}","name":"Ada","email":"ada@example.com"}""");
        }

        await Api.PostAsync("/api/v1/products", Bodies.Product(product, 5));

        // Products and users may be told in either order.
        var frames = await client.UntilAsync(f => f["data"]!["product_id"]?.ToString() == product);
        if (!frames.Exists(f => Event(f) == "user_created"))
        {
            frames.AddRange(await client.UntilAsync(f => Event(f) == "user_created"));
        }

        frames.Where(f => Event(f).StartsWith("user_", StringComparison.Ordinal)).ShouldHaveSingleItem()["data"]!["user_id"]!.ToString().ShouldBe(mine);
    }

    [Test]
    public async Task A_client_that_comes_back_hears_of_all_that_it_missed_once_and_in_order()
    {
        var id = Bodies.Id("live");
        string last;
        using (var client = await ConnectAsync(Api.Address))
        {
            await client.SubscribeAsync("\"product_*\"");
            await Api.PostAsync("/api/v1/products", Bodies.Product(id, 5));
            last = Seq((await client.UntilAsync(f => f["data"]!["product_id"]!.ToString() == id))[^1]);
        }

        for (var price = 1; price <= 5; price++)
        {
            await Api.PutAsync($"/api/v1/products/{id}", $$"""{"price":{{price}}}""");
        }

        using var again = await ConnectAsync(Api.Address, $"subscribe=product_*&after={last}");
        await Api.PutAsync($"/api/v1/products/{id}", """{"price":6}""");
        var frames = await again.UntilAsync(f => Event(f) == "subscribed");
        while (frames.Count(f => Event(f) == "product_updated" && f["data"]!["product_id"]!.ToString() == id) < 6)
        {
            frames.Add((await again.NextAsync())!);
        }

        frames.Where(f => Event(f).StartsWith("product_", StringComparison.Ordinal) && f["data"]!["product_id"]!.ToString() == id)
            .Select(f => f["data"]!["version"]!.GetValue<int>()).ShouldBe([2, 3, 4, 5, 6, 7]);
    }

    [Test]
    public async Task The_same_client_again_takes_the_place_of_the_first()
    {
        var query = $"user_id={Bodies.Id("user")}&client_id=client456";
        using var first = await ConnectAsync(Api.Address, query);
        using var second = await ConnectAsync(Api.Address, query);

        (await first.EndAsync()).Status.ShouldBe(1000);
        await second.SubscribeAsync("\"*\"");
    }

    [Test]
    public async Task What_a_client_sends_wrong_is_told_and_changes_nothing()
    {
        using var client = await ConnectAsync(Api.Address);
        await client.SubscribeAsync("\"handler.*\"");

        foreach (var (text, error) in new[]
        {
            ("nonsense", "A message must be a JSON object"), ("""{"subscribe":"x"}""", "subscribe must be an array"), ("""{"after":"?"}""", "after must be the seq"),
            ("""{"what":1}""", "what is not known"), ("""{"subscribe":[]}""", "subscribe must have 1 to 100 patterns"),
        })
        {
            await client.SendAsync(text);
            (await client.NextAsync())!["error"]!.ToString().ShouldStartWith("Validation error: " + error);
        }
    }

    [Test]
    public async Task Too_long_a_message_ends_the_connection()
    {
        using var client = await ConnectAsync(Api.Address);

        await client.SendAsync(new string('x', 20_000));

        (await client.EndAsync()).Status.ShouldBe(1009);
    }

    [Test]
    public async Task Who_does_not_upgrade_or_says_no_proper_id_is_refused_before()
    {
        var plain = await Api.GetAsync("/ws");
        (plain.Status, plain.Header("Upgrade"), plain.Text("code")).ShouldBe((426, "websocket", "UPGRADE_REQUIRED"));
        (await Api.GetAsync($"/ws?user_id={new string('x', 129)}")).Status.ShouldBe(400);
        (await Api.GetAsync("/ws", ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", "https://elsewhere.example"))).Status.ShouldBe(403);
    }
}
