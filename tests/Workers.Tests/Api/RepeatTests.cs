using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;

namespace Workers.Tests.Api;

internal sealed class RepeatTests : ApiTest
{
    private const string Execute = "/api/v1/commands/execute";

    [Test]
    public async Task A_repeat_gets_the_same_answer_and_is_not_appended()
    {
        Server.Log.Execute = record => Outcomes.Succeeded(record, $$"""{"payment_id":"{{record.Key}}"}""");
        var first = await Server.Post(Execute, WithId(Payment, "cmd123"));
        var again = await Server.Post(Execute, WithId(Payment, "cmd123"));
        again.Status.ShouldBe(first.Status);
        again.Body.ShouldBe(first.Body);
        first.Header("Idempotent-Replayed").ShouldBeNull();
        again.Header("Idempotent-Replayed").ShouldBe("true");
        Server.Log.Records.Count.ShouldBe(1);
    }

    [Test]
    public async Task Repeats_at_the_same_time_all_get_the_firsts_answer()
    {
        Server.Log.Execute = record => Outcomes.Succeeded(record, $$"""{"payment_id":"{{record.Id}}"}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Server.Post(Execute, WithId(Payment, "cmd123"))));
        answers.Select(answer => answer.Body).Distinct().Count().ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == 200);
        answers.Count(answer => answer.Header("Idempotent-Replayed") is null).ShouldBe(1);
    }

    [Test]
    public async Task The_key_is_the_same_at_every_door_of_commands_and_as_a_header()
    {
        await Server.Post("/api/v1/commands/execute-async", Payment, "Idempotency-Key: \"k-1\"");
        (await Server.Post(Execute, Payment, "Idempotency-Key: k-1")).Header("Idempotent-Replayed").ShouldBe("true");
        Server.Log.Records.Count.ShouldBe(1);
    }

    [Test]
    public async Task Members_in_another_order_are_the_same_command()
    {
        await Server.Post(Execute, """{"command_id":"a","user_id":"u1","amount":5,"currency":"USD","method":"upi"}""");
        var again = await Server.Post(Execute, """{ "payment_method": "upi", "currency": "usd", "amount": 5.00, "user_id": "u1", "command_id": "a" }""");
        again.Status.ShouldBe(200);
        Server.Log.Records.Count.ShouldBe(1);
    }

    [Test]
    public async Task The_key_with_other_data_is_422()
    {
        await Server.Post(Execute, WithId(Payment, "cmd123"));
        var other = await Server.Post(Execute, WithId(Payment.Replace("100.50", "100.51", StringComparison.Ordinal), "cmd123"));
        other.Status.ShouldBe(422);
        other["code"].ShouldBe("IDEMPOTENCY_KEY_REUSED");
        Server.Log.Records.Count.ShouldBe(1);
    }

    [Test]
    public async Task Another_command_may_have_the_same_id()
    {
        await Server.Post(Execute, WithId(Payment, "cmd123"));
        (await Server.Post(Execute, """{"command_id":"cmd123","user_id":"u1","action":"create","data":{"name":"John Doe","email":"john@example.com"}}""")).Status.ShouldBe(200);
        Server.Log.Records.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_repeat_of_a_running_command_joins_its_wait()
    {
        Server.Log.Execute = Outcomes.Running;
        await Server.Post(Execute, WithId(Payment, "cmd123"), "Prefer: respond-async");
        var again = await Server.Post(Execute, WithId(Payment, "cmd123"), "Prefer: respond-async");
        again.Status.ShouldBe(202);
        again.Header("Idempotent-Replayed").ShouldBe("true");
        again["id"].ShouldBe(Server.Log.Records.Single().Id.ToString());
        again["state"].ShouldBe("RUNNING");
    }

    [Test]
    public async Task At_a_resource_door_a_header_counts_with_its_route()
    {
        await Server.Post("/api/v1/payments", Payment, "Idempotency-Key: k");
        var record = Server.Log.Records.Single();
        record.Headers.Get(HeaderName.CallerKey).ShouldBe(Ids.OfCaller("anonymous", "POST /api/v1/payments", "k").ToString());
        record.Key.ShouldBe(Ids.OfCaller("anonymous", "ProcessPayment", "k").ToString());
    }

    [TestCase("")]
    [TestCase("\"\"")]
    [TestCase("tab\there")]
    public async Task A_bad_key_is_400(string key) => (await Server.Post(Execute, Payment, "Idempotency-Key: " + key)).Status.ShouldBe(400);
}
