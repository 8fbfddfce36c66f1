using System.Text;
using System.Text.Json.Nodes;
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

    [TestCase("""{"cvv":123,"a":1}""", """{"cvv":"***","a":1}""")]
    [TestCase("cvv=123", null)]
    [TestCase("\"cvv=123\"", null)]
    [TestCase("""["cvv",123]""", null)]
    [TestCase("123", null)]
    public async Task A_viewer_sees_a_letters_record_masked_and_an_operator_its_bytes(string value, string? shown)
    {
        var letter = Letter("Broken", 1, value);
        Server.State.Letters.Add(letter);
        var (viewer, operating) = (Server.MakeKey("ada", ["viewer"]), Server.MakeKey("bob", ["viewer", "operator"]));

        var seen = await Server.Get($"{Letters}/{letter.Id}", "X-Api-Key: " + viewer);
        (seen["value_text"], seen["value_base64"]).ShouldBe((shown, null));
        (await Server.Get(Letters, "X-Api-Key: " + viewer)).Body.ShouldNotContain("123");
        (await Server.Get($"{Letters}/{letter.Id}", "X-Api-Key: " + operating))["value_base64"].ShouldBe(Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));
    }

    [TestCase("{\"name\":\"Zo\u00EB\",\"cvv\":1}")]
    [TestCase("{\"name\":\"Zo\u00EB\"}")]
    [TestCase("""{"name":"\ud83d","cvv":1}""")]
    [TestCase("""{"name":"\ud83d"}""")]
    [TestCase("""{"name":"Ada","name":"Grace"}""")]
    public async Task A_letter_that_is_no_valid_JSON_is_listed_and_edited_by_whole_data(string value)
    {
        var letter = Letter("Broken", 1, Encoding.Latin1.GetBytes(value));
        Server.State.Letters.Add(letter);
        var viewer = Server.MakeKey("ada", ["viewer"]);
        var editor = "X-Api-Key: " + Server.MakeKey("bob", ["viewer", "submitter", "operator"]);

        (await Server.Get(Letters, "X-Api-Key: " + viewer)).Status.ShouldBe(200);
        (await Server.Get(Letters, editor))["items.0.value_base64"].ShouldBe(Convert.ToBase64String(letter.Record.Value.Span));
        (await Server.Put($"{Letters}/{letter.Id}", """{"type":"CreateUser"}""", editor)).Status.ShouldBe(400);
        var edited = await Server.Put($"{Letters}/{letter.Id}", """{"type":"CreateUser","data":{"name":"***","email":"ada@example.com"}}""", editor);
        edited.Status.ShouldBe(200, edited.Body);
    }

    [Test]
    public async Task A_call_that_is_made_again_is_found_by_its_commands_key_and_says_why()
    {
        var command = Guid.NewGuid();
        Server.State.Waiting.AddRange([Call("p1", command), Call("p2", Guid.NewGuid())]);

        var answer = await Server.Get("/api/v1/commands/parked-keys?group=effects&key=p1");

        var row = JsonNode.Parse(answer.Body)!["items"]!.AsArray().ShouldHaveSingleItem()!;
        (row["command_id"]!.ToString(), row["type"]!.ToString(), row["error"]!.ToString(), row["attempts"]!.GetValue<int>())
            .ShouldBe((command.ToString(), "ChargePayment", "Connection refused", 2));
        (await Server.Get("/api/v1/commands/parked-keys?group=others"))["error"].ShouldBe("Validation error: group must be one of commands, sagas, effects");

        static ParkedRow Call(string key, Guid command) => new(
            1, new LogRecord
            {
                Id = Guid.NewGuid(),
                Topic = Topics.Effects,
                Key = key,
                TimestampMs = 1,
                Headers = new HeaderWriter().Add(HeaderName.Type, "ChargePayment").Add(HeaderName.CausationId, command).Take(),
            },
            2, 5, 1, "retry", "HttpRequestException", "Connection refused");
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
    public async Task Many_letters_are_replayed_by_an_operation_of_their_own()
    {
        var (first, second) = (Letter("Broken", 1), Letter("Broken", 2));
        Server.State.Letters.AddRange([second, first, Letter("Other", 3)]);
        var tried = await Server.Post(Letters + "/replay", """{"filter":{"code":"BROKEN"},"dry_run":true}""");
        tried.Status.ShouldBe(200);
        (tried["matched"], tried["items.0.id"], tried["items.1.id"]).ShouldBe(("2", first.Id.ToString(), second.Id.ToString()));
        Server.Log.Records.ShouldBeEmpty();

        await Server.Post(Letters + "/replay", """{"filter":{"code":"BROKEN"},"rate":7,"limit":5,"reason":"mended"}""");

        var asked = Server.Log.Records.ShouldHaveSingleItem();
        asked.Headers.Get(HeaderName.Type).ShouldBe("ReplayDeadLetters");
        Encoding.UTF8.GetString(asked.Value.Span)
            .ShouldBe($$"""{"operation_id":"{{asked.Key}}","code":"BROKEN","limit":5,"rate":7,"reason":"mended"}""");
    }

    [TestCase("""{"fitler":{}}""", "fitler is not known")]
    [TestCase("""{"rate":0}""", "rate must be a whole number from 1 to 1000")]
    [TestCase("""{"ids":[],"filter":{"code":"X"}}""", "ids and filter cannot both be given")]
    public async Task A_replay_that_cannot_be_meant_is_refused(string body, string sentence)
    {
        var answer = await Server.Post(Letters + "/replay", body);
        (answer.Status, answer["error"]).ShouldBe((400, "Validation error: " + sentence));
        Server.Log.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task An_edited_letter_is_a_command_as_at_any_door()
    {
        var letter = Letter("Broken", 1);
        Server.State.Letters.Add(letter);

        await Server.Put($"{Letters}/{letter.Id}", $$$"""{"type":"CancelOrder","data":{"order_id":"{{{letter.Record.Key}}}","reason":"sold out"},"reason":"typed wrong"}""");

        var asked = Server.Log.Records.ShouldHaveSingleItem();
        (asked.Key, asked.Headers.Get(HeaderName.Type)).ShouldBe((letter.Record.Key, "EditDeadLetter"));
        var data = Encoding.UTF8.GetString(asked.Value.Span);
        data.ShouldContain("\"new_type\":\"CancelOrder\"");
        data.ShouldContain("sold out");
    }

    [TestCase("""{"type":"Dance","data":{}}""", 400, "nobody knows Dance")]
    [TestCase("""{"type":"RecordCharge","data":{}}""", 400, "RecordCharge is the platform's own")]
    [TestCase("""{"type":"ConfirmOrder","data":{"order_id":"another"}}""", 400, "order_id must be key-1: a letter goes back at its own key")]
    [TestCase("""{"type":"ConfirmOrder","data":{"order_id":"key-1","colour":"red"}}""", 400, "colour")]
    [TestCase("""{"type":"CreateUser","data":{"user_id":"key-1","metadata":{"cvv":"enc:v1:other:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}}""", 400, "an encrypted value that cannot be read")]
    [TestCase("""{"data":[]}""", 400, "data must be an object")]
    [TestCase("""{"value":{}}""", 400, "value is not known")]
    public async Task What_no_letter_could_be_is_refused(string body, int status, string sentence)
    {
        var letter = Letter("Broken", 1);
        Server.State.Letters.Add(letter);
        var answer = await Server.Put($"{Letters}/{letter.Id}", body);
        answer.Status.ShouldBe(status, answer.Body);
        answer["error"]!.ShouldContain(sentence);
        Server.Log.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task What_is_hidden_stays_what_it_is_when_it_is_sent_back_so()
    {
        var kept = Server.Cipher.Protect("""{"user_id":"key-1","metadata":{"cvv":"123","city":"Ulm"},"data":{"name":"Ada","email":"ada@example.com"}}"""u8.ToArray(), null);
        var letter = Letter("Broken", 1, Encoding.UTF8.GetString(kept));
        Server.State.Letters.Add(letter);

        await Server.Put($"{Letters}/{letter.Id}", """{"type":"CreateUser","data":{"user_id":"key-1","name":"Grace","email":"ada@example.com","metadata":{"cvv":"***","city":"***"}}}""");

        var asked = Server.Log.Records.ShouldHaveSingleItem();
        using var command = System.Text.Json.JsonDocument.Parse(asked.Value);
        var data = command.RootElement.GetProperty("data").GetString()!;
        data.ShouldNotContain("123");
        var plain = Encoding.UTF8.GetString(Server.Cipher.Reveal(Encoding.UTF8.GetBytes(data), typeof(Workers.Contracts.Commands.CreateUser)));
        plain.ShouldContain("\"cvv\":\"123\"");
        plain.ShouldContain("\"city\":\"Ulm\"");
        plain.ShouldContain("Grace");
    }

    [Test]
    public async Task The_same_edit_with_a_secret_is_a_repeat_and_another_secret_is_another_edit()
    {
        var letter = Letter("Broken", 1);
        Server.State.Letters.Add(letter);
        const string edit = """{"type":"CreateUser","data":{"user_id":"key-1","name":"Grace","email":"g@example.com","metadata":{"cvv":"123"}}}""";

        var first = await Server.Put($"{Letters}/{letter.Id}", edit, "Idempotency-Key: edit-1");
        var again = await Server.Put($"{Letters}/{letter.Id}", edit, "Idempotency-Key: edit-1");
        var other = await Server.Put($"{Letters}/{letter.Id}", edit.Replace("123", "321", StringComparison.Ordinal), "Idempotency-Key: edit-1");

        (first.Status, again.Status, again.Header("Idempotent-Replayed"), other.Status).ShouldBe((200, 200, "true", 422));
        Server.Log.Records.ShouldHaveSingleItem();
    }

    [Test]
    public async Task Only_a_commands_letter_can_be_edited()
    {
        var letter = Letter("Broken", 1) with { Group = "effects" };
        Server.State.Letters.Add(letter);
        var answer = await Server.Put($"{Letters}/{letter.Id}", """{"data":{}}""");
        (answer.Status, answer["code"]).ShouldBe((422, "NOT_EDITABLE"));
        (await Server.Put($"{Letters}/{Guid.Empty}", """{"data":{}}""")).Status.ShouldBe(404);
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

    private static DeadLetter Letter(string error, long at, string value = """{"a":1}""") => Letter(error, at, Encoding.UTF8.GetBytes(value));

    private static DeadLetter Letter(string error, long at, byte[] value)
    {
        var id = Guid.CreateVersion7();
        var record = new LogRecord
        {
            Id = id,
            Topic = Topics.Commands,
            Key = "key-" + at,
            TimestampMs = at,
            Headers = new HeaderWriter().Add(HeaderName.Type, "ShipOrder").Take(),
            Value = value,
        };
        return new DeadLetter(Ids.Derived(id, "commands"), "commands", "ShipOrder", record, "poison", error, error.ToUpperInvariant(), "It broke", "at Top()\nat Below()", 1, at, at, "w");
    }
}
