using NUnit.Framework;
using Shouldly;
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

    [TestCase("limit=1001")]
    [TestCase("limit=0")]
    [TestCase("limit=ten")]
    [TestCase("state=DONE")]
    [TestCase("kind=car")]
    [TestCase("from=yesterday")]
    [TestCase("from=20&to=10")]
    public async Task A_wrong_filter_is_400(string query) => (await Server.Get("/api/v1/commands?" + query)).Status.ShouldBe(400);

    private static CommandRow Row(Engine.Log.LogRecord record) => new(
        record.Id, record.Headers.Get(HeaderName.CommandId), record.Headers.Get(HeaderName.Type)!, "payment", record.Key, "anonymous", "execute",
        record.TimestampMs, "u1", null, null, null, null, record.Value.ToArray());
}
