using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Host.CommandLine;
using Workers.Host.Configuration;
using Workers.Host.Roles;
using Workers.Sqlite;

namespace Workers.Architecture.CommandLine;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class VerbTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("workers-verbs-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly Terminal _terminal;
    private Settings? _served;

    public VerbTests() => _terminal = new Terminal(_output, _errors, interactive: false, colours: false);

    private string Database => Path.Combine(_directory, EmbeddedFile.Name);

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [TestCase("")]
    [TestCase("serve ")]
    public async Task Without_a_verb_it_serves_with_what_the_command_line_says(string verb)
    {
        (await Run($"{verb}--roles api,commands --urls http://127.0.0.1:1")).ShouldBe(0);

        _served!.Options.Roles.ShouldBe(["api", "commands"]);
        _served.Options.Data.ShouldBe(_directory);
        _served.Urls.ShouldBe("http://127.0.0.1:1");
    }

    [TestCase("nonsense")]
    [TestCase("--nonsense")]
    [TestCase("backup")]
    [TestCase("migrate --roles cook")]
    [TestCase("dead-letters show")]
    [TestCase("dead-letters replay")]
    [TestCase("dead-letters replay some --all")]
    [TestCase("dead-letters edit some --data-json nonsense")]
    [TestCase("positions set commands workers.commands 0 7")]
    [TestCase("partitions")]
    [TestCase("partitions --to some")]
    [TestCase("audit verify --from 2026-02-01 --to 2026-01-01")]
    [TestCase("audit export --format xml")]
    [TestCase("partitions --to 6 --timeout soon")]
    public async Task What_cannot_be_understood_is_a_usage_error_on_the_error_stream(string arguments)
    {
        (await Run(arguments)).ShouldBe(2);

        _errors.ToString().ShouldStartWith("error: ");
        _output.ToString().ShouldBeEmpty();
        _served.ShouldBeNull();
    }

    [TestCase("")]
    [TestCase("doctor ")]
    [TestCase("dead-letters list ")]
    [TestCase("dead-letters replay ")]
    [TestCase("dead-letters groups ")]
    [TestCase("schedules ")]
    [TestCase("schedules import ")]
    [TestCase("positions set ")]
    [TestCase("audit verify ")]
    public async Task Help_and_version_are_everywhere(string verb)
    {
        (await Run($"{verb}--help")).ShouldBe(0);
        _output.ToString().ShouldContain("--data <DIR>");
        (await Verbs.Run([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--version"], _ => Task.FromResult(1), _terminal)).ShouldBe(0);
    }

    [Test]
    public async Task Migrations_are_pending_then_applied()
    {
        (await Run("migrate --info --json")).ShouldBe(0);
        Answer().ShouldAllBe(m => m!["applied_at"]!.ToString() == "pending");
        File.Exists(Database).ShouldBeFalse();

        (await Run("migrate --json")).ShouldBe(0);
        Answer().ShouldAllBe(m => m!["applied_at"]!.ToString().EndsWith('Z'));
    }

    [Test]
    public async Task Partitions_are_never_fewer_and_as_many_as_there_are_is_said()
    {
        (await Run("partitions --to 6")).ShouldBe(5);
        _errors.ToString().ShouldContain("There is no log yet; it is made with as many partitions as Workers:Log:Partitions says.");
        await Run("migrate");

        (await Run("partitions --to 3")).ShouldBe(2);
        _errors.ToString().ShouldContain("The topics have 4 partitions, and there are never fewer");
        (await Run("partitions --to 65")).ShouldBe(2);
        (await Run("partitions --to 4")).ShouldBe(0);
        _output.ToString().ShouldContain("The topics have 4 partitions already.");
        using var held = DataLock.Take(_directory);
        (await Run("partitions --to 6")).ShouldBe(5);
        SqliteFile.Partitions(Database).ShouldBe(4);
    }

    [Test]
    public async Task Each_group_that_reads_the_log_is_looked_for_before_partitions_are_made()
    {
        await Run("migrate");
        await Run("");

        await using var app = Serving.Compose(_served!);
        Adapters.Open(app.Services);
        var pumping = app.Services.GetRequiredService<Pumping>();
        await pumping.StartAsync(CancellationToken.None);

        pumping.Groups.Select(group => group.Name).ShouldBe(RoleNames.Groups, ignoreOrder: true);
        await pumping.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task The_log_is_told_which_groups_are_served_and_names_those_that_fill_it_and_are_not()
    {
        await Run("");
        var options = _served!.Options;
        (options.Roles, options.Log.MaxBytes) = (["commands", "feeds"], 1);

        await using var app = Serving.Compose(_served);
        Adapters.Open(app.Services);
        Adapters.KeepLog(app.Services, options);
        var pumping = app.Services.GetRequiredService<Pumping>();
        await pumping.StartAsync(CancellationToken.None);
        pumping.Groups.Select(group => group.Name).ShouldBe(RoleNames.GroupsOf(options.Roles), ignoreOrder: true);
        await pumping.StopAsync(CancellationToken.None);
        var database = app.Services.GetRequiredService<SqliteDatabase>();
        foreach (var group in (string[])["audit", "sagas", "commands"])
        {
            await database.State.TakeAsync(group, new PartitionId(Topics.Control, 0), CancellationToken.None);
        }

        await database.Log.AppendAsync(
            new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Control, Key = "a", TimestampMs = 0, Headers = new HeaderWriter().Take(), Value = new byte[10] }, CancellationToken.None);
        await database.TrimLogAsync();

        var health = app.Services.GetServices<IHealth>().Single(health => health.Name == "log retention");
        (await health.CheckAsync(CancellationToken.None)).Detail.ShouldNotBeNull().ShouldContain("groups that nobody serves: audit, sagas. ");
    }

    [Test]
    public async Task Partitions_that_were_begun_to_be_made_are_completed_before_anything_starts()
    {
        await Run("migrate");
        using (var database = SqliteDatabase.Open(new SqliteOptions { Path = Database }, TimeProvider.System, NullLogger.Instance))
        {
            await database.Growth.BeginAsync(new Growth(4, 6, 0, new Dictionary<string, IReadOnlyList<long>>()), CancellationToken.None);
        }

        (await Verbs.Run(["serve", "--data", _directory, "--urls", "http://127.0.0.1:0"], Serving.Run, _terminal)).ShouldBe(5);
        _errors.ToString().ShouldContain("The topics are being given 6 partitions, which was not completed; run 'Workers.Host partitions --to 6' again.");
        (await Run("partitions --to 5")).ShouldBe(2);
        (await Run("partitions --to 6")).ShouldBe(0);

        _output.ToString().ShouldContain("The topics have 6 partitions now, 4 before. Set Workers:Log:Partitions=6");
        SqliteFile.Partitions(Database).ShouldBe(6);
    }

    [Test]
    public async Task A_directory_in_use_is_one_sentence_and_exit_code_5_but_can_be_backed_up()
    {
        await Run("migrate");
        using var held = DataLock.Take(_directory);

        (await Run("migrate")).ShouldBe(5);
        _errors.ToString().Split('\n').Length.ShouldBe(2);
        _errors.ToString().ShouldStartWith($"error: The data directory {_directory} is in use");
        (await Run("reset --yes")).ShouldBe(5);
        (await Run($"backup {_directory}/copy.db")).ShouldBe(0);
        SqliteFile.Check($"{_directory}/copy.db").ShouldBeNull();
        SqliteFile.Migrations($"{_directory}/copy.db").ShouldAllBe(m => m.AppliedAt != null);
    }

    [Test]
    public async Task A_file_that_is_no_database_is_said_by_every_verb_that_opens_it()
    {
        await File.WriteAllTextAsync(Database, "not a database, but long enough to have a header");

        (await Run("migrate")).ShouldBe(5);
        (await Run($"backup {_directory}/copy.db")).ShouldBe(5);
        (await Run("doctor --urls http://127.0.0.1:0")).ShouldBe(5);
        _errors.ToString().ShouldContain($"{Database} is not a database");
        Directory.GetFiles(_directory, "copy*").ShouldBeEmpty();
    }

    [Test]
    public async Task A_reset_needs_a_yes_and_takes_the_database_alone()
    {
        await Run("migrate");
        var other = Path.Combine(_directory, "other.txt");
        await File.WriteAllTextAsync(other, "mine");

        (await Run("reset")).ShouldBe(2);
        File.Exists(Database).ShouldBeTrue();
        (await Run("reset --yes")).ShouldBe(0);
        Directory.GetFiles(_directory, "*.db*").ShouldBeEmpty("read models of a log that is gone would be in the way of the next start");
        File.Exists(other).ShouldBeTrue();
    }

    [Test]
    public async Task Dead_letters_need_a_process_that_answers()
    {
        (await Run($"dead-letters list --urls http://127.0.0.1:{FreePort()}")).ShouldBe(5);

        _errors.ToString().ShouldContain("No process answers at http://127.0.0.1:");
    }

    [Test]
    public async Task A_doctor_finds_an_address_that_another_program_has()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var hangingUp = HangUp(taken);

        (await Run($"doctor --json --urls http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}")).ShouldBe(5);
        Answer()[^1]!["detail"]!.ToString().ShouldStartWith("cannot be served");
        (await Run($"doctor --json --urls http://127.0.0.1:{FreePort()}")).ShouldBe(0);
        Answer()[^1]!["detail"]!.ToString().ShouldBe("free");
        await hangingUp;
    }

    [Test]
    public async Task A_doctor_names_what_is_wrong_and_what_to_do_and_asks_everything_all_the_same()
    {
        await Run("migrate");
        _output.GetStringBuilder().Clear();
        using (var connection = new SqliteConnection($"Data Source={Database}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO migrations VALUES(999, '999_of_tomorrow.sql', 'x', 1); UPDATE topics SET partitions = 6";
            command.ExecuteNonQuery();
        }

        (await Run($"doctor --json --urls http://127.0.0.1:{FreePort()}")).ShouldBe(5);

        var found = Answer().ToDictionary(one => one!["check"]!.ToString(), one => one!);
        (found["schema"]["state"]!.ToString(), found["schema"]["detail"]!.ToString()).ShouldBe(("failed", "a newer version of the program has applied 999_of_tomorrow.sql"));
        found["database"]["detail"]!.ToString().ShouldContain("has 6 partitions, but 4 are configured");
        found["database"]["remedy"]!.ToString().ShouldContain("Workers:Log:Partitions=6");
        found["data directory"]["state"]!.ToString().ShouldBe("ok");
        found.ShouldContainKey("time zones");
        _output.ToString().ShouldBeEmpty();
    }

    [Test]
    public async Task A_trail_is_verified_where_it_lies_and_what_was_changed_is_named()
    {
        (await Run("audit verify")).ShouldBe(5);
        _errors.ToString().ShouldContain("There is no audit trail in");
        await Run("migrate");
        (await Run("audit verify")).ShouldBe(0);
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, "reads.db")}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                INSERT INTO audit(id, day, topic, part, off, at, entity_type, entity_id, action, type, actor, changes, hash)
                VALUES(x'00000000000000000000000000000001', 20000, 'workers.events', 1, 1, 1728000000000, 'user', 'u', 'a', 't', 'mallory', x'7b7d', x'00');
                INSERT INTO audit_heads(day, topic, part, entries, hash) VALUES(20000, 'workers.events', 1, 1, x'01')
                """;
            command.ExecuteNonQuery();
        }

        (await Run("audit verify")).ShouldBe(1);
        _errors.ToString().ShouldContain("The first: entry 00000000-0000-0000-0000-000000000001 of workers.events-1 on 2024-10-04");
        (await Run("audit verify --from 2024-10-05")).ShouldBe(0);
        _output.GetStringBuilder().Clear();
        (await Run("audit verify --json --to 2024-10-04")).ShouldBe(1);
        JsonNode.Parse(_output.ToString())!["breaks"]![0]!["kind"]!.ToString().ShouldBe("changed");
        (await Run("audit verify --from yesterday")).ShouldBe(2);
    }

    [Test]
    public async Task A_port_in_use_is_one_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        (await Run($"serve --urls {url}", Serve)).ShouldBe(5);

        _errors.ToString().Trim().ShouldBe($"error: {url} is in use by another program; stop it or serve elsewhere with --urls.");
    }

    [Test]
    public async Task A_fault_of_the_program_itself_is_not_dressed_up() =>
        await Should.ThrowAsync<InvalidOperationException>(() => Run("serve", _ => throw new InvalidOperationException("a fault")));

    [Test]
    public async Task The_description_names_roles_topics_commands_and_where_each_value_came_from()
    {
        (await Run("describe --json")).ShouldBe(0);

        var description = JsonNode.Parse(_output.ToString())!;
        description["roles"]!.AsArray().Select(r => r!.ToString()).ShouldBe(RoleNames.All);
        description["commands"]!.AsArray().ShouldContain(c => c!["command"]!.ToString() == "CreateOrder");
        description["configuration"]!.AsArray().ShouldContain(
            c => c!["key"]!.ToString() == "Workers:Data" && c["value"]!.ToString() == _directory && c["source"]!.ToString() == "--data");
    }

    private static async Task<int> Serve(Settings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add(settings.Urls);
        await app.StartAsync();
        return 0;
    }

    private static async Task HangUp(TcpListener listener) => (await listener.AcceptTcpClientAsync()).Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private JsonArray Answer()
    {
        var text = _output.ToString();
        _output.GetStringBuilder().Clear();
        return JsonNode.Parse(text)!.AsArray();
    }

    private Task<int> Run(string arguments, Func<Settings, Task<int>>? serve = null) => Verbs.Run(
        [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--data", _directory],
        serve ?? (settings =>
        {
            _served = settings;
            return Task.FromResult(0);
        }),
        _terminal);
}
