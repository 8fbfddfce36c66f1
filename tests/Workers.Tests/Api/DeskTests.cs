using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

/// <summary>What operators look at: dead letters, flows, audit, positions, health.</summary>
internal sealed class DeskTests : ApiTest
{
    private const string Letters = "/api/v1/commands/dead-letters";

    [Test]
    public async Task A_letter_shows_its_record_and_its_cause()
    {
        var letter = Letter("Broken", 1);
        Server.State.Letters.Add(letter);
        var shown = await Server.Get($"{Letters}/{letter.Id}");
        shown["reason"].ShouldBe("poison");
        shown["value_text"].ShouldBe("""{"a":1}""");
        shown["value_base64"].ShouldBe(Convert.ToBase64String("""{"a":1}"""u8));
        shown["headers.ce_type"].ShouldBe("ShipOrder");
        (await Server.Get(Letters))["total"].ShouldBe("1");
        (await Server.Get($"{Letters}/{Guid.Empty}"))["error"].ShouldBe("Dead letter not found");
    }

    [Test]
    public async Task Letters_are_grouped_by_cause()
    {
        Server.State.Letters.AddRange([Letter("Broken", 1), Letter("Broken", 5), Letter("Other", 3)]);
        var groups = await Server.Get(Letters + "/groups");
        groups["items.0.error_type"].ShouldBe("Broken");
        groups["items.0.count"].ShouldBe("2");
        groups["items.0.frame"].ShouldBe("at Top()");
        groups.Json.GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [TestCase("replay", "ReplayDeadLetter")]
    [TestCase("discard", "DiscardDeadLetter")]
    public async Task A_letter_is_handled_by_a_command_at_its_key(string action, string type)
    {
        var letter = Letter("Broken", 1);
        Server.State.Letters.Add(letter);
        var answer = await Server.Post($"{Letters}/{letter.Id}/{action}", """{"reason":"fixed"}""");
        answer.Status.ShouldBe(200);
        var record = Server.Log.Records.Single();
        record.Headers.Get(HeaderName.Type).ShouldBe(type);
        record.Key.ShouldBe(letter.Record.Key);
        Encoding.UTF8.GetString(record.Value.Span).ShouldBe($$"""{"record_key":"{{letter.Record.Key}}","letter_id":"{{letter.Id}}","reason":"fixed"}""");
        (await Server.Post($"{Letters}/{letter.Id}/{action}", null)).Status.ShouldBe(200);
        (await Server.Post($"{Letters}/{Guid.Empty}/{action}", null)).Status.ShouldBe(404);
    }

    [Test]
    public async Task Many_letters_are_replayed_oldest_first_in_one_commit()
    {
        var (first, second) = (Letter("Broken", 1), Letter("Broken", 2));
        Server.State.Letters.AddRange([second, first, Letter("Other", 3)]);
        var tried = await Server.Post(Letters + "/replay", """{"filter":{"code":"BROKEN"},"dry_run":true}""");
        tried.Status.ShouldBe(200);
        tried["matched"].ShouldBe("2");
        Server.Log.Records.ShouldBeEmpty();
        var done = await Server.Post(Letters + "/replay", """{"filter":{"code":"BROKEN"}}""");
        done.Status.ShouldBe(202);
        Server.Log.Appends.ShouldBe(1);
        Server.Log.Records.Select(record => record.Key).ShouldBe([first.Record.Key, second.Record.Key]);
        done["items.0.command_id"].ShouldBe(Server.Log.Records[0].Id.ToString());
        (await Server.Post(Letters + "/replay", """{"fitler":{}}""")).Status.ShouldBe(400);
    }

    [Test]
    public async Task A_flow_is_found_by_what_it_is_about()
    {
        var id = Ids.Flow("order", "o1").ToString();
        Server.State.States[new StateKey("flow:order", id)] = new StateRow(
            3, """{"current_state":"Charging","steps":[{"state":"ReservingStock"}],"waits_for":["payment"]}"""u8.ToArray(), 0);
        var record = new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Flows, Key = id, TimestampMs = 0, Headers = new HeaderWriter().Add(HeaderName.Type, "OrderFlowTimedOut").Take() };
        Server.State.Timers.Add(new TimerWrite(Guid.NewGuid(), 1_000, record));
        foreach (var path in (string[])["o1", id])
        {
            var saga = await Server.Get("/api/v1/commands/sagas/" + path);
            saga["state"].ShouldBe("Charging");
            saga["timeline.0.state"].ShouldBe("ReservingStock");
            saga["waits_for.0"].ShouldBe("payment");
            saga["timers.0.type"].ShouldBe("OrderFlowTimedOut");
        }

        (await Server.Get("/api/v1/commands/sagas?state=Charging"))["items.0.id"].ShouldBe(id);
        (await Server.Get("/api/v1/commands/sagas/nothing")).Status.ShouldBe(404);
    }

    [Test]
    public async Task Audit_is_listed_by_type_and_range()
    {
        var entry = new AuditEntry(
            Guid.CreateVersion7(), new PartitionId(Topics.Commands, 0), 0, 1_000, "order", "o1", "create", "CreateOrder", "order", null, "u1", "anonymous", "::1", null,
            """{"a":1}"""u8.ToArray(), null, "SUCCEEDED", [0xab]);
        Server.Models.Entries.Add(entry);
        (await Server.Get($"/api/v1/commands/audit/{entry.Id}"))["hash"].ShouldBe("ab");
        (await Server.Get("/api/v1/commands/audit/type/order"))["items.0.changes.a"].ShouldBe("1");
        Server.Models.AskedAudit!.Kind.ShouldBe("order");
        await Server.Get("/api/v1/commands/audit/range?start=1&end_time=1970-01-01T00:00:02Z");
        (Server.Models.AskedAudit.FromMs, Server.Models.AskedAudit.ToMs).ShouldBe((1_000L, 2_000L));
        (await Server.Get("/api/v1/commands/audit/range?from=5&to=4")).Status.ShouldBe(400);
    }

    [Test]
    public async Task Partitions_say_how_far_they_are_read()
    {
        await Server.Post("/api/v1/commands/execute", Payment);
        await Server.Post("/api/v1/commands/execute", Payment);
        var list = await Server.Get("/api/v1/commands/partitions");
        (list["items.0.position"], list["items.0.end"], list["items.0.lag"]).ShouldBe(("1", "2", "1"));
        (await Server.Get("/api/v1/commands/workers"))["items.0.groups.commands.lag"].ShouldBe("1");
    }

    [TestCase(HealthStatus.Healthy, true, 200, "healthy")]
    [TestCase(HealthStatus.Degraded, true, 200, "degraded")]
    [TestCase(HealthStatus.Unhealthy, false, 200, "degraded")]
    [TestCase(HealthStatus.Unhealthy, true, 503, "unhealthy")]
    public async Task Health_is_that_of_the_worst_part(HealthStatus status, bool required, int code, string name)
    {
        (Server.Health.Status, Server.Health.IsRequired) = (status, required);
        var health = await Server.Get("/health");
        health.Status.ShouldBe(code);
        health.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["status", "service", "version"]);
        (health["status"], health["service"]).ShouldBe((name, "command-service"));
        (await Server.Get("/health/ready")).Status.ShouldBe(code);
        (await Server.Get("/health/startup")).Status.ShouldBe(code);
        (await Server.Get("/health/live")).Status.ShouldBe(200);
    }

    [Test]
    public async Task What_was_ready_once_has_started()
    {
        await Server.Get("/health/startup");
        Server.Health.Status = HealthStatus.Unhealthy;
        (await Server.Get("/health/startup")).Status.ShouldBe(200);
        (await Server.Get("/health/ready"))["checks.pumps.status"].ShouldBe("unhealthy");
    }

    private static DeadLetter Letter(string error, long at)
    {
        var id = Guid.CreateVersion7();
        var record = new LogRecord
        {
            Id = id,
            Topic = Topics.Commands,
            Key = "key-" + at,
            TimestampMs = at,
            Headers = new HeaderWriter().Add(HeaderName.Type, "ShipOrder").Take(),
            Value = """{"a":1}"""u8.ToArray(),
        };
        return new DeadLetter(Ids.Derived(id, "commands"), "commands", "ShipOrder", record, "poison", error, error.ToUpperInvariant(), "It broke", "at Top()\nat Below()", 1, at, at, "w");
    }
}
