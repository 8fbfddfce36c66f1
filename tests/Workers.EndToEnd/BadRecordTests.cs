using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.EndToEnd.Pages;
using Workers.EndToEnd.Running;
using Workers.Engine.Log;
using Workers.Sqlite;

namespace Workers.EndToEnd;

/// <summary>Records that other systems put straight on the log: what cannot be executed becomes a dead letter, and the log goes on.</summary>
public sealed class BadRecordTests : IDisposable
{
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    private static readonly (string Name, string? Type, byte[] Value)[] Bad =
    [
        ("unknown type", "MakeCoffee", "{\"cups\":2}"u8.ToArray()),
        ("no type", null, "{\"name\":\"Laptop\"}"u8.ToArray()),
        ("empty type", "", "{}"u8.ToArray()),
        ("invalid JSON", "CreateProduct", "{\"name\":\"La"u8.ToArray()),
        ("empty value", "CreateProduct", []),
        ("an array", "CreateProduct", "[1,2]"u8.ToArray()),
        ("null", "CreateProduct", "null"u8.ToArray()),
        ("a text for a number", "AdjustInventory", "{\"product_id\":\"p\",\"action\":\"add\",\"quantity\":\"many\"}"u8.ToArray()),
        ("not UTF-8", "CreateProduct", [.. "{\"name\":\""u8, 0xff, 0xfe, .. "\"}"u8]),
        ("10,000 deep", "CreateProduct", Encoding.UTF8.GetBytes(new string('[', 10_000))),
        ("binary", "CreateProduct", [.. Enumerable.Range(0, 256).Select(n => (byte)n)]),
    ];

    [Test]
    public async Task Each_becomes_a_dead_letter_with_its_bytes_and_the_records_behind_it_are_executed()
    {
        var records = new List<LogRecord>();
        foreach (var (name, type, value) in Bad)
        {
            var key = Key(name);
            records.Add(Record(key, type, value));
            records.Add(Good(key));
        }

        await AppendAsync(records);
        using var program = await RunningProgram.StartAsync(_data.FullName);

        var letters = (await program.Api.UntilAsync("/api/v1/commands/dead-letters", list => list.Number("total") >= Bad.Length)).Items.ToList();
        letters.Count.ShouldBe(Bad.Length);
        foreach (var (name, type, value) in Bad)
        {
            var letter = letters.ShouldHaveSingleItem(Key(name), name);
            letter["value_base64"]!.ToString().ShouldBe(Convert.ToBase64String(value), name);
            letter["headers"]!["ce_type"]?.ToString().ShouldBe(type, name);
            letter["topic"]!.ToString().ShouldBe(Topics.Commands);
            letter["reason"]!.ToString().ShouldNotBeNullOrEmpty();
            await program.Api.UntilAsync($"/api/v1/products/{Key(name)}", product => product.Status == 200);
        }

        (await program.Api.GetAsync("/health")).Status.ShouldBe(200);
        await program.Api.UntilAsync("/api/v1/products", list => list.Items.Count() == Bad.Length);
        await program.Api.UntilAsync("/api/v1/commands/audit?entity_type=product&limit=1000", list => list.Items.Count(e => e["action"]!.ToString() == "created") == Bad.Length);
    }

    [Test]
    public async Task A_known_command_that_cannot_be_read_says_so_where_it_is_asked_for()
    {
        var bad = Record("p", "CreateProduct", "{\"name\":"u8.ToArray());
        await AppendAsync([bad]);
        using var program = await RunningProgram.StartAsync(_data.FullName);

        var command = await program.Api.UntilAsync($"/api/v1/commands/{bad.Id}", answer => answer.Text("state") == "DEAD_LETTERED");

        command.Json["error"]!["code"]!.ToString().ShouldBe("UNREADABLE");
    }

    [Test]
    public async Task A_record_that_was_damaged_in_the_file_becomes_a_dead_letter()
    {
        var damaged = Good("damaged");
        await AppendAsync([damaged]);
        await AppendAsync([Good("behind")]);
        await DamageAsync(damaged.Offset);
        using var program = await RunningProgram.StartAsync(_data.FullName);

        var letter = (await program.Api.UntilAsync("/api/v1/commands/dead-letters", list => list.Number("total") == 1)).Items.Single();

        letter["offset"]!.GetValue<long>().ShouldBe(damaged.Offset);
        await program.Api.UntilAsync("/api/v1/products/behind", product => product.Status == 200);
        (await program.Api.GetAsync("/api/v1/products/damaged")).Status.ShouldBe(404);
    }

    [Test]
    public async Task Headers_of_other_systems_are_kept_and_change_nothing()
    {
        var headers = new HeaderWriter().Add(HeaderName.Type, "CreateProduct").Add("x-vendor", "älgar & ører").Add("ce_id", "42").Add("", "no name")
            .Add("ce_specversion", "1.0").Add(HeaderName.CorrelationId, "their own").Add(HeaderName.TraceParent, "nonsense")
            .Add(HeaderName.ExpectedVersion, "many").Add(HeaderName.Flow, "nonsense").Add(HeaderName.UserId, new string('u', 5_000));
        await AppendAsync([Record("foreign", headers.Take(), """{"product_id":"foreign","name":"Laptop","price":1}"""u8.ToArray()), Good("behind")]);
        using var program = await RunningProgram.StartAsync(_data.FullName);

        await program.Api.UntilAsync("/api/v1/products/foreign", product => product.Status == 200);
        await program.Api.UntilAsync("/api/v1/products/behind", product => product.Status == 200);
        (await program.Api.GetAsync("/api/v1/commands/dead-letters")).Number("total").ShouldBe(0);
    }

    [TestCase("workers-caller-key", "nonsense", "SUCCEEDED")]
    [TestCase("workers-fingerprint", "not hexadecimal", "DEAD_LETTERED")]
    public async Task A_callers_key_that_is_none_stops_nothing(string name, string value, string state)
    {
        var headers = new HeaderWriter().Add(HeaderName.Type, "CreateProduct").Add(HeaderName.CallerKey, Guid.NewGuid());
        var record = Record("keyed", headers.Add(name, value).Take(), """{"product_id":"keyed","name":"Laptop","price":1}"""u8.ToArray());
        await AppendAsync([record, Good("keyed2"), Good("behind")]);
        using var program = await RunningProgram.StartAsync(_data.FullName);

        await program.Api.UntilAsync("/api/v1/products/behind", product => product.Status == 200);
        var end = await program.Api.UntilAsync($"/api/v1/commands/{record.Id}", command => command.Text("completed_at") is not null);
        end.Text("state").ShouldBe(state, end.ToString());
        (await program.Api.GetAsync("/health")).Status.ShouldBe(200);
    }

    [Test]
    public async Task Rules_hold_for_records_of_other_systems_too()
    {
        var records = new[]
        {
            Good("stocked"),
            Record("stocked", "AdjustInventory", """{"product_id":"stocked","action":"add","quantity":-5}"""u8.ToArray()),
            Record("stocked", "AdjustInventory", """{"product_id":"stocked","action":"steal","quantity":5}"""u8.ToArray()),
            Record("other", "AdjustInventory", """{"product_id":"stocked","action":"add","quantity":5}"""u8.ToArray()),
            Record("paid", "ProcessPayment", """{"payment_id":"paid","user_id":"u","amount":-5,"currency":"USD"}"""u8.ToArray()),
            Record("paid", "RecordCharge", """{"payment_id":"paid","effect_id":"e","approved":true}"""u8.ToArray()),
        };
        await AppendAsync(records);
        using var program = await RunningProgram.StartAsync(_data.FullName);

        foreach (var record in records[1..])
        {
            var end = await program.Api.UntilAsync($"/api/v1/commands/{record.Id}", command => command.Text("completed_at") is not null);
            end.Text("state").ShouldBe("FAILED", end.ToString());
        }

        (await program.Api.GetAsync("/api/v1/products/stocked")).Number("stock").ShouldBe(3);
        Ledger.Read(_data.Ledger).ShouldBeEmpty();
    }

    [Test]
    public async Task What_the_logs_reader_could_not_read_becomes_a_dead_letter_and_what_breaks_a_rule_fails()
    {
        var large = new HeaderWriter().Add(HeaderName.Unreadable, "too_large: it has 2000000 bytes").Add(HeaderName.Type, "CreateProduct");
        var refused = new HeaderWriter().Add(HeaderName.Unreadable, "refused: price must be at least 0").Add(HeaderName.Type, "CreateProduct");
        var records = new[] { Record("", large.Take(), "{\"name\":"u8.ToArray()), Record("refused", refused.Take(), "{}"u8.ToArray()), Good("behind") };
        await AppendAsync(records);
        using var program = await RunningProgram.StartAsync(_data.FullName);

        var letter = (await program.Api.UntilAsync("/api/v1/commands/dead-letters", list => list.Number("total") == 1)).Items.Single();
        letter["reason"]!.ToString().ShouldBe("too_large");
        letter["value_text"]!.ToString().ShouldBe("{\"name\":");
        var end = await program.Api.UntilAsync($"/api/v1/commands/{records[1].Id}", command => command.Text("completed_at") is not null);
        end.Text("state").ShouldBe("FAILED", end.ToString());
        end.Json["error"]!["message"]!.ToString().ShouldBe("price must be at least 0");
        await program.Api.UntilAsync("/api/v1/products/behind", product => product.Status == 200);
    }

    [Test]
    public async Task What_no_text_can_be_made_of_is_shown_in_the_console_told_and_discarded()
    {
        var unreadable = new HeaderWriter().Add(HeaderName.Unreadable, "unreadable: no valid Unicode").Add(HeaderName.Type, "CreateUser").Take();
        byte[][] values = [Encoding.Latin1.GetBytes("{\"name\":\"Zo\u00EB\",\"password\":\"x\"}"), """{"name":"\ud83d","password":"x"}"""u8.ToArray(), """{"name":"\ud83d"}"""u8.ToArray()];
        await AppendAsync([.. values.Select(value => Record("", unreadable, value))]);
        using var program = await RunningProgram.StartAsync(_data.FullName);
        using var visitor = new Visitor(program.Api.Address);
        var letters = (await program.Api.UntilAsync("/api/v1/commands/dead-letters", list => list.Status != 200 || list.Number("total") == values.Length)).Items.ToList();

        (await visitor.GetAsync()).Status.ShouldBe(200);
        (await visitor.GetAsync("dead-letters")).Status.ShouldBe(200);
        (await visitor.GetAsync("commands")).Status.ShouldBe(200);
        foreach (var path in letters.Select(letter => $"dead-letters/{letter["id"]}"))
        {
            var page = await visitor.GetAsync(path);
            page.Status.ShouldBe(200, page.Text);
            (await visitor.PostAsync(path + "/edit", page.Token, ("type", "CreateUser"), ("data", """{"name":"\ud800"}"""))).Status.ShouldBe(400);
            (await visitor.PostAsync(path + "/edit", page.Token, ("type", "CreateUser"), ("data", """{"name":"Ada","name":"Ada"}"""))).Status.ShouldBe(400);
            (await program.Api.PostAsync($"/api/v1/commands/{path}/discard", "{}")).Status.ShouldBe(200);
        }

        (await program.Api.GetAsync("/api/v1/commands/dead-letters")).Number("total").ShouldBe(0);
        await program.Api.UntilAsync("/api/v1/commands/audit?entity_type=dead_letter", list => list.Items.Count(entry => entry["changes"]?["before"]?["sha256"] is not null) == values.Length);
        foreach (var path in new[] { "schedules/new", "schedules/preview" })
        {
            var answer = await visitor.PostAsync(path, (await visitor.GetAsync("schedules/new")).Token, ("type", "CreateUser"), ("cron", "0 0 9 ? * *"), ("data", """{"name":"\ud800"}"""));
            answer.Text.ShouldContain("data is no JSON object");
        }
    }

    [Test]
    public async Task A_dead_letter_is_replayed_at_its_key_and_is_a_new_letter_where_it_still_fails()
    {
        var bad = Record("coffee", "MakeCoffee", "{\"cups\":2}"u8.ToArray());
        await AppendAsync([bad]);
        using var program = await RunningProgram.StartAsync(_data.FullName);
        var first = (await program.Api.UntilAsync("/api/v1/commands/dead-letters", list => list.Number("total") == 1)).Items.Single();

        var replayed = await program.Api.PostAsync($"/api/v1/commands/dead-letters/{first["id"]}/replay", """{"reason":"try again"}""");

        replayed.Status.ShouldBe(200, replayed.ToString());
        var again = await program.Api.UntilAsync(
            "/api/v1/commands/dead-letters", list => list.Items.Any(l => l["offset"]!.GetValue<long>() > first["offset"]!.GetValue<long>()));
        var letter = again.Items.ShouldHaveSingleItem();
        letter["value_base64"]!.ToString().ShouldBe(first["value_base64"]!.ToString());
        letter["key"]!.ToString().ShouldBe("coffee");
        letter["command_id"]!.ToString().ShouldBe(bad.Id.ToString());
    }

    [Test]
    public async Task A_discarded_letter_leaves_the_desk_once()
    {
        await AppendAsync([Record("coffee", "MakeCoffee", "{\"cups\":2}"u8.ToArray())]);
        using var program = await RunningProgram.StartAsync(_data.FullName);
        var letter = (await program.Api.UntilAsync("/api/v1/commands/dead-letters", list => list.Number("total") == 1)).Items.Single();
        var path = $"/api/v1/commands/dead-letters/{letter["id"]}/discard";

        (await program.Api.PostAsync(path, """{"reason":"nobody drinks coffee"}""")).Status.ShouldBe(200);

        (await program.Api.GetAsync("/api/v1/commands/dead-letters")).Number("total").ShouldBe(0);
        (await program.Api.PostAsync(path, "{}")).Status.ShouldBe(404);
    }

    private static string Key(string name) => "bad-" + name.Replace(' ', '-').Replace(',', '-');

    private static LogRecord Good(string key) =>
        Record(key, "CreateProduct", Encoding.UTF8.GetBytes($$"""{"product_id":"{{key}}","name":"Laptop","price":1,"stock":3}"""));

    private static LogRecord Record(string key, string? type, byte[] value) => Record(key, new HeaderWriter().Add(HeaderName.Type, type).Take(), value);

    private static LogRecord Record(string key, HeaderBlock headers, byte[] value)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new LogRecord
        {
            Id = Ids.New(now),
            Topic = Topics.Commands,
            Key = key,
            TimestampMs = now.ToUnixTimeMilliseconds(),
            Headers = headers,
            Value = value,
        };
    }

    private async Task AppendAsync(IReadOnlyList<LogRecord> records)
    {
        using var database = SqliteDatabase.Open(new SqliteOptions { Path = _data.Database }, TimeProvider.System, NullLogger.Instance);
        await database.Log.AppendAsync(records, CancellationToken.None);
    }

    private async Task DamageAsync(long offset)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_data.Database};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE log SET record = CAST(substr(record, 1, length(record) - 1) || x'00' AS BLOB) WHERE seq = $seq";
        command.Parameters.AddWithValue("$seq", offset);
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }
}

/// <summary>Looks for a letter by its key.</summary>
internal static class Letters
{
    public static JsonObject ShouldHaveSingleItem(this IEnumerable<JsonObject> letters, string key, string name)
    {
        var found = letters.Where(letter => letter["key"]!.ToString() == key).ToList();
        found.Count.ShouldBe(1, name);
        return found[0];
    }
}
