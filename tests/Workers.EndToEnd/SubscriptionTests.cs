using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>Completion webhooks: who asks for them is told of each end, signed, at least once.</summary>
[TestFixture]
public sealed class SubscriptionTests
{
    private const string Path = "/api/v1/commands/subscriptions";
    private const string Secret = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

    private static readonly Dictionary<string, string> Allowed = new() { ["Workers__Handlers__AllowedHosts"] = "127.0.0.1" };

    private static ApiClient Api => SharedProgram.Api;

    [Test]
    public async Task Each_end_of_what_was_asked_for_is_delivered_signed_and_logged_and_delivered_again_when_asked()
    {
        using var receiver = new Receiver((_, _) => (200, ""));
        var id = await SubscribeAsync(receiver.Url, """["SendNotification"]""");
        var sent = await SendAsync();
        await Api.ExecuteAsync($$$"""{"type":"CreateUser","user_id":"{{{Bodies.Id("s")}}}","data":{"name":"Ada L","email":"ada@example.org"}}""");

        var log = await Api.UntilAsync($"{Path}/{id}/deliveries", list => Of(list, sent).Any(one => one["state"]!.ToString() == "DELIVERED"));

        var delivery = Of(log, sent).ShouldHaveSingleItem();
        (delivery["command_id"]!.ToString(), delivery["status"]!.GetValue<int>(), delivery["attempts"]!.GetValue<int>()).ShouldBe((sent, 200, 1));
        var (body, raw, webhook, timestamp, signature) = receiver.Came.Single(one => one.Body["data"]!["id"]!.ToString() == sent);
        (body["type"]!.ToString(), body["data"]!["id"]!.ToString(), body["data"]!["state"]!.ToString()).ShouldBe(("command.executed", sent, "SUCCEEDED"));
        webhook.ShouldBe(delivery["delivery_id"]!.ToString());
        signature.ShouldBe("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret), Encoding.UTF8.GetBytes($"{webhook}.{timestamp}.{raw}"))));

        (await Api.PostAsync($"{Path}/{id}/deliveries/{webhook}/redeliver", "")).Text("state").ShouldBe("PENDING");
        var again = await Api.UntilAsync($"{Path}/{id}/deliveries", list => Of(list, sent).Any(one => one["state"]!.ToString() == "DELIVERED" && one["redeliveries"]!.ToString() == "1"));
        Of(again, sent).Count.ShouldBe(1);
        receiver.Came.Count(one => one.Id == webhook).ShouldBe(2);
        receiver.Came.ShouldAllBe(one => one.Body["data"]!["type"]!.ToString() == "SendNotification");

        (await Api.DeleteAsync($"{Path}/{id}")).Status.ShouldBe(200);
        (await Api.GetAsync($"{Path}/{id}")).Status.ShouldBe(404);
    }

    [Test]
    public async Task Who_is_busy_is_asked_again_and_who_answers_410_is_disabled()
    {
        var asked = new ConcurrentDictionary<string, int>();
        using var busy = new Receiver((data, _) => asked.AddOrUpdate(data["id"]!.ToString(), 1, (_, times) => times + 1) == 1 ? (503, "") : (410, ""));
        var id = await SubscribeAsync(busy.Url, """["SendNotification"]""", """["SUCCEEDED"]""");
        await SendAsync();

        var disabled = await Api.UntilAsync($"{Path}/{id}", one => one.Text("active") == "false");

        disabled.Text("reason").ShouldNotBeNull().ShouldContain("410");
        busy.Came.CountBy(one => one.Id!).Max(one => one.Value).ShouldBe(2);
        await Api.UntilAsync($"{Path}/{id}/deliveries", list => list.Items.Any(one => one["state"]!.ToString() == "FAILED" && one["status"]!.ToString() == "410"));
        var delivery = (await Api.GetAsync($"{Path}/{id}/deliveries")).Items.First(one => one["state"]!.ToString() == "FAILED")["delivery_id"];
        (await Api.PostAsync($"{Path}/{id}/deliveries/{delivery}/redeliver", "")).Text("code").ShouldBe("INVALID_STATE");
        (await Api.DeleteAsync($"{Path}/{id}")).Status.ShouldBe(200);
    }

    [Test, Long]
    public async Task Nothing_is_lost_when_the_program_is_killed()
    {
        using var data = new DataDirectory();
        using var receiver = new Receiver((_, before) => before < 3 ? (503, "") : (200, ""));
        var sent = new List<string>();
        using (var first = await RunningProgram.StartAsync(data.FullName, Allowed))
        {
            await SubscribeAsync(receiver.Url, """["notification"]""", api: first.Api);
            for (var n = 0; n < 20; n++)
            {
                sent.Add(await SendAsync(first.Api));
            }

            await first.KillAsync();
        }

        using var second = await RunningProgram.StartAsync(data.FullName, Allowed);
        var id = (await second.Api.GetAsync(Path)).Items.ShouldHaveSingleItem()["id"];
        var log = await second.Api.UntilAsync($"{Path}/{id}/deliveries", list => list.Items.Count(one => one["state"]!.ToString() == "DELIVERED") == 20);

        log.Items.Select(one => one["command_id"]!.ToString()).ShouldBe(sent, ignoreOrder: true);
        receiver.Came.Select(one => one.Id).Distinct().Count().ShouldBe(20);
    }

    [Test]
    public async Task A_subscription_that_is_not_allowed_or_not_whole_is_refused()
    {
        (await Refused("""{"url":"http://example.com/","secret":"whsec_%"}""")).ShouldContain("AllowedHosts");
        (await Refused("""{"url":"http://127.0.0.1:9/"}""")).ShouldContain("secret must be");
        (await Refused("""{"url":"http://127.0.0.1:9/","secret":"whsec_%","states":["RUNNING"]}""")).ShouldContain("states must be of");
        (await Refused("""{"url":"http://127.0.0.1:9/","secret":"whsec_%","types":["RecordCharge"]}""")).ShouldContain("types must be kinds");
        (await Api.DeleteAsync($"{Path}/{Guid.NewGuid()}")).Status.ShouldBe(404);
        (await Api.GetAsync($"{Path}/{Guid.NewGuid()}/deliveries")).Status.ShouldBe(404);
    }

    private static List<JsonObject> Of(Answer list, string command) => [.. list.Items.Where(one => one["command_id"]!.ToString() == command)];

    private static async Task<string> Refused(string body)
    {
        var answer = await Api.PostAsync(Path, body.Replace("%", Secret, StringComparison.Ordinal));
        answer.Status.ShouldBe(400, answer.ToString());
        return answer.Text("error")!;
    }

    private static async Task<string> SubscribeAsync(string url, string types, string states = "null", ApiClient? api = null)
    {
        var made = await (api ?? Api).PostAsync(Path, $$"""{"url":"{{url}}","types":{{types}},"states":{{states}},"secret":"whsec_{{Secret}}"}""");
        made.Status.ShouldBe(201, made.ToString());
        made.Content.ShouldNotContain(Secret);
        var read = await (api ?? Api).GetAsync(made.Header("Location")!);
        (read.Status, read.Text("url"), read.Text("active")).ShouldBe((200, url, "true"));
        read.Content.ShouldNotContain(Secret);
        return read.Text("id")!;
    }

    private static async Task<string> SendAsync(ApiClient? api = null)
    {
        var sent = await (api ?? Api).ExecuteAsync("""{"user_id":"ada","channel":"email","title":"Hello","message":"World","command_id":"%"}""".Replace("%", Bodies.Id("n"), StringComparison.Ordinal));
        sent.Status.ShouldBe(201, sent.ToString());
        return (await (api ?? Api).GetAsync($"/api/v1/commands/{sent.Header("X-Command-Id")}")).Text("id")!;
    }
}
