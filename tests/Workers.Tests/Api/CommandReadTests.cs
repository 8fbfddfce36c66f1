using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

internal sealed class CommandReadTests : ApiTest
{
    private const string Execute = "/api/v1/commands/execute";

    [Test]
    public async Task A_command_is_found_by_its_callers_id_before_anything_is_projected()
    {
        await Server.Post(Execute, WithId(Payment, "cmd9"));
        var found = await Server.Get("/api/v1/commands/cmd9");
        found.Status.ShouldBe(200);
        found["command_id"].ShouldBe("cmd9");
        found["id"].ShouldBe(Server.Log.Records.Single().Id.ToString());
        found["state"].ShouldBe("SUCCEEDED");
        found["result.done"].ShouldBe("True");
        found["attempts"].ShouldBe("1");
    }

    [Test]
    public async Task Of_several_commands_of_one_id_the_newest_is_shown_and_the_others_named()
    {
        await Server.Post(Execute, WithId(Payment, "cmd9"));
        await Server.Post(Execute, """{"command_id":"cmd9","user_id":"u1","action":"create","data":{"name":"John","email":"j@example.com"}}""");
        var (older, newer) = (Server.Log.Records[0], Server.Log.Records[1]);
        Server.Models.Commands.AddRange([Row(older), Row(newer) with { SubmittedMs = older.TimestampMs + 10 }]);
        var found = await Server.Get("/api/v1/commands/cmd9");
        found["id"].ShouldBe(newer.Id.ToString());
        found["links.alternates.0"].ShouldBe($"/api/v1/commands/{older.Id}");
    }

    [Test]
    public async Task An_id_given_to_a_repeat_leads_to_the_first_command()
    {
        await Server.Post(Execute, WithId(Payment, "cmd9"));
        var first = Server.Log.Records.Single();
        var repeat = Guid.CreateVersion7();
        Server.State.Put(Outcomes.Alias(first, first.Id) with { Id = repeat });
        (await Server.Get($"/api/v1/commands/{repeat}"))["id"].ShouldBe(first.Id.ToString());
    }

    [Test]
    public async Task A_repeat_in_the_list_ended_as_its_first_did()
    {
        await Server.Post(Execute, WithId(Payment, "cmd9"));
        var first = Server.Log.Records.Single();
        var repeat = Guid.CreateVersion7();
        Server.State.Put(Outcomes.Alias(first, first.Id) with { Id = repeat });
        Server.Models.Commands.Add(Row(first) with { Id = repeat });

        var list = await Server.Get("/api/v1/commands");

        list["items.0.state"].ShouldBe("SUCCEEDED");
        list["items.0.links.first"].ShouldBe($"/api/v1/commands/{first.Id}");
    }

    [Test]
    public async Task A_refused_command_shows_its_error()
    {
        Server.Log.Execute = record => Outcomes.Failed(record, "ORDER_SHIPPED", "Order is already shipped");
        await Server.Post(Execute, WithId(Payment, "cmd9"));
        var found = await Server.Get("/api/v1/commands/cmd9");
        found["state"].ShouldBe("FAILED");
        found["error.code"].ShouldBe("ORDER_SHIPPED");
    }

    [Test]
    public async Task A_command_that_waits_for_another_attempt_is_RETRYING()
    {
        Server.Log.Execute = _ => null;
        var accepted = await Server.Post("/api/v1/commands/execute-async", Payment);
        var record = Server.Log.Records.Single();
        Server.State.Waiting.Add(new ParkedRow(record.Offset, record, 2, 0, record.TimestampMs, "retry", "TimeoutException", "Too slow"));
        var found = await Server.Get(accepted.Header("Location")!);
        found["state"].ShouldBe("RETRYING");
        found["attempts"].ShouldBe("2");
        found["error.message"].ShouldBe("Too slow");
    }

    [Test]
    public async Task Those_that_are_tried_again_are_listed_by_their_door_too_without_the_platforms_own()
    {
        Retrying("CreateUser", "cqrs");
        Retrying("CreateUser", "queue");
        Retrying("RecordCircuit", "internal");

        (await Server.Get("/api/v1/cqrs/commands?state=RETRYING"))["total"].ShouldBe("1");
        (await Server.Get("/api/v1/commands?state=RETRYING"))["total"].ShouldBe("2");
        (await Server.Get("/api/v1/commands?state=RETRYING&internal=true"))["total"].ShouldBe("3");
    }

    [TestCase("-submitted_at", 1, 0)]
    [TestCase("submitted_at", 1, 2)]
    public async Task A_page_of_those_that_are_tried_again_goes_on_where_the_last_one_has_gone(string sort, int last, int next)
    {
        var ids = new[] { Retrying("CreateUser", "queue"), Retrying("CreateUser", "queue"), Retrying("CreateUser", "queue") };
        Server.State.Waiting.RemoveAll(row => row.Record.Id == ids[last]);

        var page = await Server.Get($"/api/v1/commands?state=RETRYING&sort={sort}&cursor={ids[last]}");

        page["items.0.id"].ShouldBe(ids[next].ToString());
        (await Server.Get("/api/v1/commands?state=RETRYING&cursor=AAAA")).Status.ShouldBe(400);
    }

    [TestCase("""{"filter":{"key":""},"dry_run":true}""")]
    [TestCase("""{"filter":{"kind":"order","q":" "},"dry_run":true}""")]
    [TestCase("""{"filter":{"from":""},"dry_run":true}""")]
    public async Task Nothing_is_cancelled_by_what_says_nothing(string body)
    {
        var answer = await Server.Post("/api/v1/commands/cancel", body);
        (answer.Status, answer["code"]).ShouldBe((400, "VALIDATION"));
        answer["error"]!.ShouldContain("must not be empty");
    }

    [TestCase("/api/v1/commands/queue")]
    [TestCase("/api/v1/commands/execute-batch")]
    public async Task A_command_is_found_by_its_callers_id_as_soon_as_it_is_accepted(string door)
    {
        Server.Log.Execute = _ => null;
        var body = WithId(Payment, "mine");
        (await Server.Post(door, door.EndsWith("batch", StringComparison.Ordinal) ? $"[{body}]" : body, "Prefer: respond-async")).Status.ShouldBe(202);

        var found = await Server.Get("/api/v1/commands/mine");

        (found.Status, found["id"], found["state"]).ShouldBe((200, Server.Log.Records.Single().Id.ToString(), "QUEUED"));
    }

    [Test]
    public async Task A_command_behind_a_pause_that_another_process_accepted_is_found_before_it_is_listed()
    {
        Server.Log.Execute = _ => null;
        await Server.Post("/api/v1/commands/queue", Payment);
        var record = Server.Log.Records.Single();
        var held = new Engine.Log.LogRecord
        {
            Id = record.Id,
            Topic = record.Topic,
            Key = record.Key,
            TimestampMs = record.TimestampMs,
            Headers = new HeaderWriter().Add(HeaderName.Type, "ProcessPayment").Add(HeaderName.Source, "anonymous").Add(HeaderName.CommandId, "held").Take(),
            Partition = record.Partition,
            Offset = record.Offset,
        };
        Server.State.Waiting.Add(new ParkedRow(record.Offset, held, 0, long.MaxValue, record.TimestampMs, "paused", null, null));

        var found = await Server.Get("/api/v1/commands/held");

        (found["id"], found["state"]).ShouldBe((record.Id.ToString(), "QUEUED"));
        (await Server.Get("/api/v1/commands/nobodys")).Status.ShouldBe(404);
    }

    [Test]
    public async Task A_type_may_be_a_kind()
    {
        await Server.Get("/api/v1/commands?type=order");
        (Server.Models.AskedCommands!.Type, Server.Models.AskedCommands.Kind).ShouldBe((null, "order"));
        (await Server.Get("/api/v1/commands?type=order&kind=user")).Status.ShouldBe(400);
        await Server.Get("/api/v1/commands/audit/type/order");
        (Server.Models.AskedAudit!.Type, Server.Models.AskedAudit.Kind).ShouldBe((null, "order"));
        await Server.Get("/api/v1/commands/audit/type/CreateOrder");
        (Server.Models.AskedAudit.Type, Server.Models.AskedAudit.Kind).ShouldBe(("CreateOrder", null));
    }

    [TestCase("-submitted_at", 200)]
    [TestCase("name", 400)]
    public async Task A_list_has_one_order(string sort, int status) => (await Server.Get("/api/v1/commands?sort=" + sort)).Status.ShouldBe(status);

    [Test]
    public async Task No_command_was_started_before_it_was_submitted()
    {
        Server.Log.Execute = record => Outcomes.Succeeded(record, "{}") with { StartedMs = record.TimestampMs - 2, CompletedMs = record.TimestampMs - 1 };
        await Server.Post(Execute, WithId(Payment, "cmd9"));
        var found = await Server.Get("/api/v1/commands/cmd9");
        found["started_at"].ShouldBe(found["submitted_at"]);
        found["completed_at"].ShouldBe(found["submitted_at"]);
    }

    [TestCase("nobodys", 404)]
    [TestCase("0199c0de-0000-7000-8000-000000000000", 404)]
    [TestCase("0199c0de-0000-7000-8000-000000000000?at=workers.commands-99-0", 404)]
    [TestCase("0199c0de-0000-7000-8000-000000000000?at=workers.events-0-0", 404)]
    [TestCase("0199c0de-0000-7000-8000-000000000000?at=x", 404)]
    public async Task What_is_not_there_is_404(string id, int status)
    {
        var answer = await Server.Get("/api/v1/commands/" + id);
        answer.Status.ShouldBe(status);
        answer["error"].ShouldBe("Command not found");
    }

    [Test]
    public async Task The_list_takes_filters_and_says_the_state_that_is_stored()
    {
        await Server.Post(Execute, Payment);
        Server.Models.Commands.Add(Row(Server.Log.Records.Single()));
        var list = await Server.Get("/api/v1/commands?type=ProcessPayment&kind=payment&state=succeeded&user_id=u1&error_code=X&from=0&to=2030-01-01T00:00:00Z&q=hello&limit=7&page=3");
        list["items.0.state"].ShouldBe("SUCCEEDED");
        var asked = Server.Models.AskedCommands!;
        (asked.Type, asked.Kind, asked.State, asked.UserId, asked.Code, asked.Text).ShouldBe(("ProcessPayment", "payment", CommandState.Succeeded, "u1", "X", "hello"));
        (asked.FromMs, asked.ToMs, asked.Limit, asked.Offset).ShouldBe((0L, 1_893_456_000_000L, 7, 14));
        (await Server.Get("/api/v1/commands/history")).Status.ShouldBe(200);
    }

    [TestCase("", true)]
    [TestCase("?internal=false&kind=system", true)]
    [TestCase("?internal=true", false)]
    [TestCase("?type=RecordCircuit", false)]
    public async Task What_the_platform_sends_to_itself_is_listed_when_it_is_asked_for(string query, bool without)
    {
        (await Server.Get("/api/v1/commands" + query)).Status.ShouldBe(200);
        Server.Models.AskedCommands!.WithoutOwn.ShouldBe(without);
    }

    [TestCase("internal=perhaps")]
    [TestCase("limit=1001")]
    [TestCase("limit=0")]
    [TestCase("limit=ten")]
    [TestCase("state=DONE")]
    [TestCase("kind=car")]
    [TestCase("from=yesterday")]
    [TestCase("from=20&to=10")]
    public async Task A_wrong_filter_is_400(string query) => (await Server.Get("/api/v1/commands?" + query)).Status.ShouldBe(400);

    private Guid Retrying(string type, string door)
    {
        var at = DateTimeOffset.UnixEpoch.AddMinutes(Server.State.Waiting.Count);
        var record = new Engine.Log.LogRecord
        {
            Id = Ids.New(at),
            Topic = Topics.Commands,
            Key = "u1",
            TimestampMs = at.ToUnixTimeMilliseconds(),
            Headers = new HeaderWriter().Add(HeaderName.Type, type).Add(HeaderName.Source, "anonymous").Add(HeaderName.Door, door).Take(),
            Value = "{}"u8.ToArray(),
        };
        Server.State.Waiting.Add(new ParkedRow(Server.State.Waiting.Count, record, 1, 0, record.TimestampMs, "retry", "TimeoutException", "Too slow"));
        return record.Id;
    }

    private static CommandRow Row(Engine.Log.LogRecord record) => new(
        record.Id, record.Headers.Get(HeaderName.CommandId), record.Headers.Get(HeaderName.Type)!, "payment", record.Key, "anonymous", "execute",
        record.TimestampMs, "u1", null, null, null, null, record.Value.ToArray());
}
