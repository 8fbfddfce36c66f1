using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

public sealed class CacheTests
{
    private static ApiClient Api => SharedProgram.Api;

    [Test]
    public async Task What_was_just_written_is_read_whatever_was_cached()
    {
        var path = $"/api/v1/users/{await CreateAsync(Api)}";
        for (var i = 0; i < 30; i++)
        {
            (await Api.PutAsync(path, $$"""{"name":"Ada {{i}}"}""")).Status.ShouldBe(200);
            (await Api.GetAsync(path)).Text("name").ShouldBe($"Ada {i}");
            (await Api.GetAsync(path)).Text("name").ShouldBe($"Ada {i}");
        }

        (await Api.DeleteAsync(path)).Status.ShouldBe(204);
        (await Api.GetAsync(path)).Status.ShouldBe(404);
    }

    [Test]
    public async Task The_cache_tells_how_well_it_does()
    {
        var path = $"/api/v1/users/{await CreateAsync(Api)}";
        await Api.GetAsync(path);
        await Api.GetAsync(path);

        var stats = await Api.GetAsync("/api/v1/repositories/cache/stats");

        stats.Json.Select(member => member.Key)
            .ShouldBe(["hits", "misses", "hit_ratio", "entries", "evictions", "invalidations", "ttl_seconds", "backend"]);
        (stats.Number("hits") > 0, stats.Number("misses") > 0, stats.Number("hit_ratio") > 0).ShouldBe((true, true, true));
        (stats.Number("ttl_seconds"), stats.Text("backend")).ShouldBe((600, "memory"));
    }

    [Test]
    public async Task It_is_warmed_with_what_was_made_last()
    {
        await CreateAsync(Api);
        await Api.UntilAsync("/api/v1/users", list => list.Items.Any());

        var warmed = await Api.PostAsync("/api/v1/repositories/cache/warm", """{"entities":["users","products"],"limit":1}""");

        (warmed.Status, warmed.Json["warmed"]!["users"]!.GetValue<int>()).ShouldBe((200, 1));
        warmed.Json["warmed"]!.AsObject().Select(member => member.Key).ShouldBe(["users", "products"]);
        (await Api.PostAsync("/api/v1/repositories/cache/warm?reason=before+the+sale", "")).Json["warmed"]!.AsObject().Count.ShouldBe(4);
        var audit = await Api.UntilAsync("/api/v1/commands/audit?entity_type=cache", list => list.Items.Count() >= 2);
        var entry = audit.Items.Single(one => one["reason"]?.ToString() == "before the sale");
        (entry["action"]!.ToString(), entry["actor"]!.ToString(), entry["ip_address"]!.ToString()).ShouldBe(("warm", "anonymous", "127.0.0.1"));
        entry["changes"]!["limit"]!.GetValue<int>().ShouldBe(1_000);
    }

    [TestCase("""{"entities":["users","horses"]}""", "Validation error: entities has horses; there are users, payments, orders, products")]
    [TestCase("""{"limit":0}""", "Validation error: limit must be a whole number from 1 to 100000")]
    public async Task What_cannot_be_warmed_is_refused(string body, string error)
    {
        var answer = await Api.PostAsync("/api/v1/repositories/cache/warm", body);
        (answer.Status, answer.Text("error")).ShouldBe((400, error));
    }

    /// <summary>Returns when reads that somebody makes are answered by the cache.</summary>
    internal static async Task UsedAsync(ApiClient api)
    {
        const string stats = "/api/v1/repositories/cache/stats";
        var before = (await api.GetAsync(stats)).Number("hits");
        await api.UntilAsync(stats, answer => answer.Number("hits") > before);
    }

    internal static async Task<string> CreateAsync(ApiClient api)
    {
        var id = Bodies.Id("cached");
        var made = await api.PostAsync("/api/v1/users", $$"""{"user_id":"{{id}}","name":"Ada","email":"{{id}}@example.com"}""");
        made.Status.ShouldBe(201, made.ToString());
        return id;
    }
}
