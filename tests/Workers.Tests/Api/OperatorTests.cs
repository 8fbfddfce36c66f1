using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

/// <summary>What operators do, said again, said wrong, or while something is away.</summary>
internal sealed class OperatorTests : ApiTest
{
    private const string Commands = "/api/v1/commands";

    [Test]
    public async Task A_cancel_that_is_repeated_is_answered_as_at_first()
    {
        Server.Log.Execute = record =>
        {
            if (record.Headers.Get(HeaderName.Type) != nameof(CancelCommand))
            {
                return null;
            }

            Server.State.Put(Outcomes.Of(Server.Log.Records[0], CommandState.Cancelled, 409, """{"code":"CANCELLED","message":"Cancelled"}"""));
            return Outcomes.Succeeded(record, "{}");
        };
        var path = (await Server.Post(Commands + "/execute", Payment, "Prefer: respond-async")).Header("Location")!.Replace("?", "/cancel?");

        var first = await Server.Post(path, null, "Idempotency-Key: c1");
        var again = await Server.Post(path, null, "Idempotency-Key: c1");
        var other = await Server.Post(path, null, "Idempotency-Key: c2");

        (first.Status, first["state"], first.Header("Idempotent-Replayed")).ShouldBe((200, "CANCELLED", null));
        (again.Status, again.Body, again.Header("Idempotent-Replayed")).ShouldBe((200, first.Body, "true"));
        (other.Status, other["code"]).ShouldBe((400, "NOT_CANCELLABLE"));
    }

    [Test]
    public async Task Clearing_the_history_again_with_the_same_key_appends_nothing()
    {
        Server.Models.IsAway = true;

        var first = await Server.Send(HttpMethod.Delete, Commands + "/history", null, "Idempotency-Key: h1");
        var again = await Server.Send(HttpMethod.Delete, Commands + "/history", null, "Idempotency-Key: h1");

        (first.Status, first.Body).ShouldBe((200, """{"done":true}"""), "it was done, though the list cannot show it");
        (again.Status, again.Body, again.Header("Idempotent-Replayed")).ShouldBe((200, first.Body, "true"));
        Server.Log.Appends.ShouldBe(1);
    }

    [Test]
    public async Task A_command_is_shown_though_the_read_models_are_silent()
    {
        await Server.Post(Commands + "/execute", WithId(Payment, "cmd9"));
        Server.Models.IsSilent = true;

        (await Server.Get(Commands + "/cmd9"))["state"].ShouldBe("SUCCEEDED");
        (await Server.Get($"{Commands}/{Server.Log.Records.Single().Id}"))["state"].ShouldBe("SUCCEEDED");
    }

    [TestCase("POST", "/api/v1/repositories/cache/warm", """{"entities":["\ud800"]}""")]
    [TestCase("POST", Commands + "/handlers/x/register", """{"types":["\ud800"]}""")]
    [TestCase("POST", Commands + "/dead-letters/replay", """{"ids":["\ud800"]}""")]
    [TestCase("POST", "/api/v1/repositories/query", """{"entity":"users","where":{"field":"created_at","op":"gt","value":"\ud800"}}""")]
    [TestCase("POST", Commands + "/execute-batch", """{"\ud800":1}""")]
    public async Task Half_a_character_is_refused_wherever_it_stands(string method, string path, string body)
    {
        var answer = await Server.Send(new HttpMethod(method), path, body);

        (answer.Status, answer["code"]).ShouldBe((400, "MALFORMED"));
    }

    [TestCase(1000, 201)]
    [TestCase(1001, 400)]
    public async Task What_a_command_for_a_time_is_for_is_kept_whole_or_refused(int length, int status)
    {
        var answer = await Server.Post(Commands + "/schedule", $$"""{"command":{"type":"ProcessPayment","data":{{Payment}}},"at":"2100-01-01T00:00:00Z","description":"{{new string('x', length)}}"}""");

        answer.Status.ShouldBe(status, answer.Body);
        Server.Log.Appends.ShouldBe(status == 201 ? 1 : 0);
    }

    [TestCase("pause")]
    [TestCase("resume")]
    public async Task A_queue_is_held_by_a_key_that_commands_can_have(string action)
    {
        (await Server.Post($"{Commands}/queues/user/{action}", $$"""{"key":"{{new string('x', 800)}}"}""")).Status.ShouldBe(400);
        (await Server.Post($"{Commands}/queues/user/{action}", """{"key":"ada"}""")).Status.ShouldBe(200);
        Server.Log.Appends.ShouldBe(1);
    }

    [Test]
    public async Task What_only_reads_does_not_say_that_nothing_was_persisted()
    {
        Server.Log.IsAway = true;

        var answer = await Server.Get(Commands + "/partitions");

        (answer.Status, answer["code"], answer["error"]).ShouldBe((503, "LOG_UNAVAILABLE", "The log cannot be read now: connection timeout"));
        Server.Lines.ShouldNotContain(line => line.Contains("Failed to append"));
    }

    [Test]
    public async Task Handlers_are_listed_with_one_look_at_the_commands()
    {
        Server.Control(ControlData.Write(ControlKinds.Handler, "reports", Handler("MakeReport", "MakeChart"), 0));
        Server.Models.Commands.AddRange(
        [
            Row("CreateUser", Kind.User, 10, 30), Row("UpdateUser", Kind.User, 20, 50), Row("MakeReport", Kind.System, 5, 6), Row("MakeChart", Kind.System, 7, 8),
        ]);

        var list = (await Server.Get(Commands + "/handlers")).Json.GetProperty("items").EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!);

        Server.Models.CommandQueries.ShouldBe(1);
        list["user"].GetProperty("averages").ToString().ShouldBe("""{"count":2,"queue_ms":15,"run_ms":40}""");
        list["reports"].GetProperty("averages").ToString().ShouldBe("""{"count":2,"queue_ms":6,"run_ms":7}""");
        list["system"].GetProperty("averages").GetProperty("count").GetInt32().ShouldBe(0);
    }

    [Test]
    public async Task A_circuit_of_a_worker_that_has_ended_is_forgotten()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        const long Minute = 60_000;
        Server.Control(
            ControlData.Write(ControlKinds.Handler, "reports", Handler("MakeReport"), 0), ControlData.Write(Circuit("old", now - (90 * Minute))),
            ControlData.Write(Circuit("fresh", now - (30 * Minute))));

        var status = await Server.Get(Commands + "/circuit-breaker/status");
        (status["state"], status["breakers.0.worker"], status["breakers.1.worker"]).ShouldBe(("OPEN", "fresh", null));

        Server.Control(ControlData.Write(Circuit("fresh", now - (61 * Minute))));
        status = await Server.Get(Commands + "/circuit-breaker/status");
        (status["state"], status["breakers.0.state"], status["breakers.0.worker"]).ShouldBe(("CLOSED", "CLOSED", null));
        (await Server.Get(Commands + "/handlers/reports"))["health"].ShouldBe("healthy");
    }

    private static CircuitRow Circuit(string worker, long retryMs) => new(worker, "handler:reports", "open", 10, retryMs - 30_000, retryMs, retryMs - 30_000);

    private static HandlerRow Handler(params string[] types) => new(types, "http://localhost/", null, 1_000, 0, Active: true, null, "ops", 0);

    private static CommandRow Row(string type, string kind, long queueMs, long runMs) =>
        new(Guid.NewGuid(), null, type, kind, "k", "anonymous", "execute", 1_000, null, null, null, null, null, [])
        {
            Outcome = new CommandOutcomeRow(Guid.NewGuid(), CommandState.Succeeded, 1, 1_000 + queueMs, 1_000 + queueMs + runMs, null, null),
        };
}
