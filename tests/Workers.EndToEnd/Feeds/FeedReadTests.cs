using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Feeds;

/// <summary>The public feeds by HTTP, embedded.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class FeedReadTests
{
    private static ApiClient Api => SharedProgram.Api;

    [Test]
    public async Task A_feed_is_read_page_by_page()
    {
        var (id, here) = (Bodies.Id("fed"), await HereAsync("repository-events"));
        await Api.PostAsync("/api/v1/products", Bodies.Product(id, 5));
        await Api.PutAsync($"/api/v1/products/{id}", """{"price":1.5}""");
        await Api.DeleteAsync($"/api/v1/products/{id}");
        await Api.UntilAsync($"/api/v1/feeds/repository-events?limit=1000&after={here}", page => page.Items.Count(Of(id)) == 3);

        var (types, after) = (new List<string>(), $"&after={here}");
        while (types.Count < 3)
        {
            var page = await Api.GetAsync($"/api/v1/feeds/repository-events?limit=1{after}");
            types.AddRange(page.Items.Where(Of(id)).Select(e => e["type"]!.ToString()));
            after = $"&after={page.Text("next")}";
        }

        types.ShouldBe(["product_created", "product_updated", "product_deleted"]);
    }

    [Test]
    public async Task An_event_goes_on_behind_its_own_seq_and_is_a_cloud_event()
    {
        var (id, here) = (Bodies.Id("fed"), await HereAsync("repository-events"));
        await Api.PostAsync("/api/v1/products", Bodies.Product(id, 5));
        await Api.PutAsync($"/api/v1/products/{id}", """{"price":1.5}""");
        var all = await Api.UntilAsync($"/api/v1/feeds/repository-events?limit=1000&after={here}", page => page.Items.Count(Of(id)) == 2);

        var first = all.Items.First(Of(id));
        (first["specversion"]!.ToString(), first["source"]!.ToString(), first["datacontenttype"]!.ToString()).ShouldBe(("1.0", "workers", "application/json"));
        first["offset"]!.GetValue<long>().ShouldBeGreaterThan(0);
        var rest = await Api.GetAsync($"/api/v1/feeds/repository-events?limit=1000&after={first["seq"]}");
        rest.Items.First(Of(id))["data"]!["previous"]!["price"]!.GetValue<decimal>().ShouldBe(999.99m);
    }

    [Test]
    public async Task A_command_is_told_as_it_is_answered()
    {
        var (key, here) = (Bodies.Id("mine"), await HereAsync("command-events"));
        var answer = await Api.ExecuteAsync($$"""{"command_id":"{{key}}","type":"CreateProduct","name":"Mug","price":2}""");
        answer.Status.ShouldBe(201);
        var command = (await Api.GetAsync($"/api/v1/commands/{key}")).Json;

        var feed = await Api.UntilAsync($"/api/v1/feeds/command-events?limit=1000&after={here}", page => page.Items.Any(e => e["data"]!["command_id"]?.ToString() == key));

        var told = feed.Items.Single(e => e["data"]!["command_id"]?.ToString() == key);
        (told["type"]!.ToString(), told["name"]!.ToString(), told["subject"]!.ToString()).ShouldBe(("command.executed", "CreateProduct", command["key"]!.ToString()));
        foreach (var (name, value) in command)
        {
            told["data"]![name]?.ToJsonString().ShouldBe(value!.ToJsonString(), name);
        }
    }

    [Test]
    public async Task A_stream_goes_on_with_what_comes_and_again_after_the_last_event_seen()
    {
        var id = Bodies.Id("fed");
        using var http = new HttpClient { BaseAddress = Api.Address };
        using (var stream = await OpenAsync(http, "/api/v1/feeds/repository-events?after=latest", null))
        {
            await Api.PostAsync("/api/v1/products", Bodies.Product(id, 5));
            var last = await ReadUntilAsync(stream, id);
            await Api.PutAsync($"/api/v1/products/{id}", """{"price":1.5}""");
            (await ReadUntilAsync(stream, id)).ShouldNotBe(last);

            using var again = await OpenAsync(http, "/api/v1/feeds/repository-events", last);
            (await ReadUntilAsync(again, id, "product_updated")).ShouldNotBe(last);
        }
    }

    [Test]
    public async Task What_cannot_be_read_says_why()
    {
        var unknown = await Api.GetAsync("/api/v1/feeds/workers.commands");
        unknown.Status.ShouldBe(404);
        unknown.Text("error").ShouldBe("Feed not found; there are: command-events, order-events, cqrs-events, repository-events");
        (await Api.GetAsync("/api/v1/feeds/order-events?after=nonsense!")).Text("error").ShouldStartWith("Validation error: after must be the seq");
        (await Api.GetAsync("/api/v1/feeds/order-events?limit=1001")).Status.ShouldBe(400);
    }

    private static Func<System.Text.Json.Nodes.JsonObject, bool> Of(string id) => e => e["subject"]!.ToString() == id;

    private static async Task<StreamReader> OpenAsync(HttpClient http, string path, string? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/event-stream" } } };
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The place behind what the feed has now: what others wrote before is no matter.</summary>
    private static async Task<string> HereAsync(string topic) => (await Api.GetAsync($"/api/v1/feeds/{topic}?after=latest")).Text("next")!;

    /// <summary>The id of the stream's next event about it.</summary>
    private static async Task<string> ReadUntilAsync(StreamReader stream, string id, string? type = null)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var (seq, name) = ("", "");
        while (await stream.ReadLineAsync(deadline.Token) is { } line)
        {
            seq = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : seq;
            name = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : name;
            if (line.StartsWith("data: ", StringComparison.Ordinal) && line.Contains($"\"subject\":\"{id}\"", StringComparison.Ordinal))
            {
                (type is null || name == type).ShouldBeTrue(line);
                return seq;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
