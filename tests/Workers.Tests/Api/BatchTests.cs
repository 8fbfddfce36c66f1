using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Headers;

namespace Workers.Tests.Api;

internal sealed class BatchTests : ApiTest
{
    private const string Batch = "/api/v1/commands/execute-batch";

    private const string Two =
        """
        [{"command_id":"cmd123","user_id":"user123","action":"create","data":{"name":"John Doe","email":"john@example.com"}},
         {"command_id":"cmd124","user_id":"user123","action":"update","data":{"name":"Jane Doe"}}]
        """;

    [Test]
    public async Task Commands_are_appended_in_order_in_one_commit_and_answered_each()
    {
        Server.Log.Execute = record => record.Headers.Get(HeaderName.Type) == "CreateUser"
            ? Outcomes.Succeeded(record, """{"user_id":"user123"}""", 201)
            : Outcomes.Failed(record, "NOT_FOUND", "User not found", 404);
        var answer = await Server.Post(Batch, Two);
        answer.Status.ShouldBe(200);
        Server.Log.Appends.ShouldBe(1);
        Server.Log.Records.Select(record => record.Headers.Get(HeaderName.CommandId)).ShouldBe(["cmd123", "cmd124"]);
        answer["items.0.status"].ShouldBe("201");
        answer["items.0.state"].ShouldBe("SUCCEEDED");
        answer["items.0.result.user_id"].ShouldBe("user123");
        answer["items.1.index"].ShouldBe("1");
        answer["items.1.status"].ShouldBe("404");
        answer["items.1.command_id"].ShouldBe("cmd124");
        answer["items.1.error"].ShouldBe("User not found");
        answer["items.1.code"].ShouldBe("NOT_FOUND");
    }

    [Test]
    public async Task A_repeated_batch_gets_the_same_items()
    {
        var first = await Server.Post(Batch, Two);
        var again = await Server.Post(Batch, Two);
        again.Body.ShouldBe(first.Body);
        Server.Log.Records.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_header_covers_items_without_an_id_by_their_index()
    {
        var body = $"[{Payment},{Payment}]";
        await Server.Post(Batch, body, "Idempotency-Key: k");
        await Server.Post(Batch, body, "Idempotency-Key: k");
        Server.Log.Records.Count.ShouldBe(2);
        Server.Log.Records.Select(record => record.Key).Distinct().Count().ShouldBe(2);
    }

    [Test]
    public async Task A_wrong_item_does_not_hold_up_the_others()
    {
        var answer = await Server.Post(Batch, $"{{\"commands\":[{{\"foo\":1}},{Payment}]}}");
        answer.Status.ShouldBe(200);
        answer["items.0.status"].ShouldBe("400");
        answer["items.0.code"].ShouldBe("AMBIGUOUS");
        answer["items.1.status"].ShouldBe("200");
        Server.Log.Records.Count.ShouldBe(1);
    }

    [Test]
    public async Task An_atomic_batch_with_a_wrong_item_is_not_accepted_at_all()
    {
        var answer = await Server.Post(Batch, $"{{\"commands\":[{Payment},{{\"foo\":1}}],\"atomic\":true}}");
        answer.Status.ShouldBe(400);
        answer.Json.GetProperty("errors").TryGetProperty("commands[1]", out _).ShouldBeTrue();
        Server.Log.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task A_batch_may_be_left_to_itself()
    {
        Server.Log.Execute = _ => null;
        var answer = await Server.Post(Batch, Two, "Prefer: respond-async");
        answer.Status.ShouldBe(202);
        answer["items.1.state"].ShouldBe("QUEUED");
        answer["items.1.status"].ShouldBe("202");
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("7")]
    [TestCase("[{}")]
    [TestCase("[{}] x")]
    [TestCase("{\"commands\":[]}")]
    [TestCase("{\"commands\":{}}")]
    [TestCase("{\"atomic\":true}")]
    [TestCase("{\"commands\":[{}],\"atomic\":\"yes\"}")]
    [TestCase("{\"commands\":[{}],\"more\":1}")]
    public async Task What_is_no_batch_is_400(string body) => (await Server.Post(Batch, body)).Status.ShouldBe(400);

    [Test]
    public async Task A_batch_has_a_thousand_commands_at_most()
    {
        (await Server.Post(Batch, $"[{string.Join(',', Enumerable.Repeat("{}", 1_001))}]")).Status.ShouldBe(400);
        (await Server.Post(Batch, $"[{string.Join(',', Enumerable.Repeat("{}", 1_000))}]")).Status.ShouldBe(200);
    }
}
