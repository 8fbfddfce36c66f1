using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;

namespace Workers.Tests.Api;

internal sealed class ExecuteTests : ApiTest
{
    private const string Execute = "/api/v1/commands/execute";
    private const string Async = "/api/v1/commands/execute-async";

    [Test]
    public async Task A_finished_command_answers_with_its_outcomes_status_and_body()
    {
        Server.Log.Execute = record => Outcomes.Succeeded(record, """{"payment_id":"x","status":"PROCESSED"}""");
        var answer = await Server.Post(Execute, Payment);
        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe("""{"payment_id":"x","status":"PROCESSED"}""");
        answer.Header("Vary").ShouldBe("Prefer");
        answer.Header("X-Command-Id").ShouldBe(Server.Log.Records.Single().Id.ToString());
    }

    [Test]
    public async Task The_record_says_what_was_asked_for_and_by_whom()
    {
        await Server.Post(Execute, WithId(Payment, "cmd1"), "X-Correlation-Id: corr-7", "User-Agent: " + new string('a', 300));
        var record = Server.Log.Records.Single();
        record.Topic.ShouldBe(Topics.Commands);
        record.Key.ShouldBe(Ids.OfCaller("anonymous", "ProcessPayment", "cmd1").ToString());
        var headers = record.Headers;
        headers.Get(HeaderName.Type).ShouldBe("ProcessPayment");
        headers.Get(HeaderName.Source).ShouldBe("anonymous");
        headers.Get(HeaderName.Door).ShouldBe("execute");
        headers.Get(HeaderName.CommandId).ShouldBe("cmd1");
        headers.Get(HeaderName.CorrelationId).ShouldBe("corr-7");
        headers.Get(HeaderName.UserId).ShouldBe("u1");
        headers.Get(HeaderName.ClientAddress).ShouldBe("127.0.0.1");
        headers.Get(HeaderName.UserAgent)!.Length.ShouldBe(200);
        headers.Get(HeaderName.CallerKey).ShouldBe(Ids.OfCaller("anonymous", "ProcessPayment", "cmd1").ToString());
        headers.Get(HeaderName.Fingerprint)!.Length.ShouldBe(64);
    }

    [Test]
    public async Task An_async_door_answers_202_with_the_command_and_where_it_lies()
    {
        Server.Log.Execute = _ => null;
        var answer = await Server.Post(Async, Payment);
        var record = Server.Log.Records.Single();
        answer.Status.ShouldBe(202);
        answer.Header("Location").ShouldBe($"/api/v1/commands/{record.Id}?at=workers.commands-{record.Partition}-{record.Offset}");
        answer.Header("Retry-After").ShouldBe("1");
        answer["command_id"].ShouldBe(record.Id.ToString());
        answer["state"].ShouldBe("QUEUED");
        answer["type"].ShouldBe("ProcessPayment");
        answer["kind"].ShouldBe("payment");
        answer["data.amount"].ShouldBe("100.5");
        answer["correlation_id"].ShouldBe(record.Id.ToString());
        answer["links.events"].ShouldBe($"/api/v1/commands/{record.Id}/events");
        (await Server.Get(answer.Header("Location")!))["state"].ShouldBe("QUEUED");
    }

    [TestCase("respond-async", 202, "respond-async")]
    [TestCase("wait=0", 202, "wait=0")]
    [TestCase("wait=5", 200, "wait=5")]
    [TestCase("wait=500", 200, "wait=25")]
    [TestCase("wait=soon", 200, null)]
    [TestCase("handling=lenient, respond-async; foo=bar", 202, "respond-async")]
    [TestCase("respond-async, wait=5", 200, "respond-async, wait=5")]
    public async Task Prefer_says_whether_and_how_long_to_wait(string prefer, int status, string? applied)
    {
        var answer = await Server.Post(Execute, Payment, "Prefer: " + prefer);
        answer.Status.ShouldBe(status);
        answer.Header("Preference-Applied").ShouldBe(applied);
    }

    [Test]
    public async Task An_async_door_waits_if_asked_to() => (await Server.Post(Async, Payment, "Prefer: wait=5")).Status.ShouldBe(200);

    [Test]
    public async Task A_command_that_is_not_done_in_time_is_202()
    {
        Server.Log.Execute = Outcomes.Running;
        var answer = await Server.Post(Execute, Payment, "Prefer: wait=1");
        answer.Status.ShouldBe(202);
        answer.Header("Preference-Applied").ShouldBe("wait=1");
        answer["state"].ShouldBe("RUNNING");
        answer["attempts"].ShouldBe("1");
    }

    [Test]
    public async Task A_deferred_command_is_waited_for_until_it_is_finished()
    {
        var started = new TaskCompletionSource();
        Server.Log.Execute = record =>
        {
            started.SetResult();
            return Outcomes.Running(record);
        };
        var asked = Server.Post(Execute, Payment);
        await started.Task;
        var record = Server.Log.Records.Single();
        Server.Log.Finish(Outcomes.Succeeded(record, """{"status":"PROCESSED"}"""));
        (await asked)["status"].ShouldBe("PROCESSED");
    }

    [Test]
    public async Task A_refusal_is_a_problem_with_the_documents_error()
    {
        Server.Log.Execute = record => Outcomes.Failed(record, "PAYMENT_DECLINED", "The payment was declined");
        var answer = await Server.Post(Execute, WithId(Payment, "cmd2"));
        answer.Status.ShouldBe(400);
        answer.MediaType.ShouldBe("application/problem+json");
        answer["error"].ShouldBe("The payment was declined");
        answer["code"].ShouldBe("PAYMENT_DECLINED");
        answer["command_id"].ShouldBe("cmd2");
        answer["retryable"].ShouldBe("False");
        answer["trace_id"].ShouldNotBeNullOrEmpty();
    }

    [Test]
    public async Task A_dead_lettered_command_is_500_and_not_to_be_repeated()
    {
        Server.Log.Execute = record => Outcomes.Of(record, Workers.Engine.Store.CommandState.DeadLettered, 500, """{"code":"ATTEMPTS_USED_UP","message":"It broke"}""");
        var answer = await Server.Post(Execute, Payment);
        answer.Status.ShouldBe(500);
        answer["code"].ShouldBe("ATTEMPTS_USED_UP");
        answer["retryable"].ShouldBe("False");
    }

    [Test]
    public async Task What_must_not_be_read_is_hidden_in_the_answer()
    {
        var answer = await Server.Post(Async, """{"type":"CreateUser","data":{"name":"Ann","email":"a@b.example","cvv":"123"}}""");
        answer.Body.ShouldContain("\"cvv\":\"***\"");
        answer.Body.ShouldNotContain("123\"");
    }

    /// <summary>Document 003, "Key log events".</summary>
    [Test]
    public async Task The_sentences_of_an_order_are_logged()
    {
        await Server.Post("/api/v1/orders", WithId(Order, "o-1"));
        Server.Log.IsAway = true;
        await Server.Post("/api/v1/orders", Order);

        var key = Server.Log.Records.Single().Key;
        Server.Lines.ShouldContain($"Command Information Received create order command {key}");
        Server.Lines.ShouldContain($"Command Information Order created successfully {key}");
        Server.Lines.ShouldContain(line => line.Contains("Error Failed to append events: POST /api/v1/orders"));
    }
}
