using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Identity;
using Workers.Host.CommandLine;
using Workers.Host.Configuration;
using Workers.Host.Roles;

namespace Workers.Architecture.CommandLine;

/// <summary>Schedules by the command line, which asks a program that serves.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[NonParallelizable]
public sealed class ScheduleVerbTests
{
    private const string Two =
        """
        {
          // Comments and commas at the end are fine.
          "calendars": { "holidays": { "dates": ["01-01"] } },
          "schedules": [
            { "schedule_id": "a", "cron": "0 0 3 * * ?", "calendar": "holidays", "owner": "finance", "tags": ["x", "y"], "command": { "type": "CreateProduct", "name": "A", "price": 1 } },
            { "schedule_id": "b", "interval": "6h", "command": { "type": "SendNotification", "user_id": "u", "channel": "email", "title": "T", "message": "M", "metadata": { "password": "hush" } } },
          ],
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("workers-verbs-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private Settings _settings = null!;
    private WebApplication _app = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        await Verbs.Run(["serve", "--data", _directory, "--urls", "http://127.0.0.1:0", "--roles", "api,commands"], settings =>
        {
            _settings = settings;
            return Task.FromResult(0);
        });
        _app = Serving.Compose(_settings);
        Adapters.Open(_app.Services);
        _ = _app.Services.GetService<LocalSecret>();
        await _app.StartAsync();
        _settings = _settings with { Urls = _app.Urls.First() };
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _output.DisposeAsync();
        await _errors.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    [Order(1)]
    public async Task A_file_is_imported_told_of_before_and_not_written_twice()
    {
        var file = await FileAsync(Two);

        (await Run($"schedules import {file} --dry-run")).ShouldContain("Nothing was written.");
        (await Json("schedules list --json")).AsArray().ShouldBeEmpty();
        (await Run($"schedules import {file} --reason deployment")).ShouldContain("created  a");
        (await Json($"schedules import {file} --json"))["unchanged"]!.GetValue<int>().ShouldBe(2);
        (await ScheduleFileCheck.LookAsync(With(file))).ShouldBe((true, "2 as they are, 0 to make, 0 to change, 0 to delete at the next start; 0 are not in it"));
        (await ScheduleFileCheck.LookAsync(With(file) with { Urls = "http://127.0.0.1:1" })).ShouldBe((true, "2 schedules, applied at the next start"));

        var exported = await FileAsync(await Run("schedules export"));
        (await File.ReadAllTextAsync(exported)).ShouldNotContain("hush");
        (await Json($"schedules import {exported} --json"))["unchanged"]!.GetValue<int>().ShouldBe(2, "what is hidden stays what it is");
    }

    [Test]
    [Order(2)]
    public async Task Schedules_are_listed_shown_paused_resumed_triggered_and_deleted()
    {
        var list = await Run("schedules list --owner finance");
        list.ShouldStartWith("SCHEDULE_ID");
        list.ShouldContain("0 0 3 * * ?");
        list.ShouldContain("x,y");
        list.ShouldNotContain("6h");
        (await Json("schedules show a"))["in_words"]!.ToString().ShouldBe("At 03:00");
        (await Json("schedules upcoming a --limit 3 --json")).AsArray().Count.ShouldBe(3);

        (await Json("schedules pause a --until 2099-01-01T00:00:00Z --reason stocktaking"))["state"]!.ToString().ShouldBe("PAUSED");
        (await Json("schedules list --state PAUSED --json")).AsArray().ShouldHaveSingleItem()!["paused"]!["reason"]!.ToString().ShouldBe("stocktaking");
        (await Json("schedules resume a"))["state"]!.ToString().ShouldBe("ACTIVE");
        (await Json("schedules trigger a"))["command_id"].ShouldNotBeNull();
        (await Run("schedules runs a")).ShouldContain("TRIGGERED");
        (await Json("schedules delete a --reason done"))["deleted"]!.GetValue<bool>().ShouldBeTrue();

        (await Json($"schedules import {await FileAsync("""{"schedules":[]}""")} --json"))["left"]!.AsArray().Single()!.ToString().ShouldBe("b");
        (await Run($"schedules import {await FileAsync("""{"schedules":[]}""")} --prune")).ShouldContain("deleted  b");
        (await Json("schedules list --json")).AsArray().ShouldBeEmpty();
    }

    [TestCase("schedules show nobody", 1, "(404)")]
    [TestCase("schedules pause nobody", 1, "(404)")]
    [TestCase("schedules delete nobody", 1, "(404)")]
    [TestCase("schedules list --state SLEEPING", 1, "state must be one of")]
    [TestCase("schedules import /nowhere/at/all", 2, "cannot be read as schedules")]
    [TestCase("schedules import", 2, "Required argument 'FILE' missing")]
    [TestCase("schedules list --urls http://127.0.0.1:1", 5, "No process answers")]
    public async Task What_cannot_be_done_is_one_sentence_and_an_exit_code(string arguments, int code, string sentence)
    {
        _errors.GetStringBuilder().Clear();

        (await Exit(arguments)).ShouldBe(code);

        _errors.ToString().ShouldContain(sentence);
    }

    [TestCase("nonsense", "cannot be read as schedules", 2)]
    [TestCase("[]", "it is no JSON object", 2)]
    [TestCase("""{"schedules":[{"schedule_id":"a"},{"schedule_id":"a"}]}""", "a:", 1)]
    [TestCase("""{"schedules":[{"schedule_id":"a","cron":"0 0 25 * * ?","command":{"type":"CreateProduct","name":"A","price":1}}]}""", "hours", 1)]
    public async Task A_file_that_is_wrong_is_told_and_changes_nothing(string text, string sentence, int code)
    {
        _errors.GetStringBuilder().Clear();
        var file = await FileAsync(text);

        (await Exit($"schedules import {file}")).ShouldBe(code);

        _errors.ToString().ShouldContain(sentence);
        (await ScheduleFileCheck.LookAsync(With(file))).IsGood.ShouldBeFalse();
    }

    private Settings With(string file)
    {
        _settings.Options.Scheduler.File = file;
        return _settings;
    }

    private async Task<string> FileAsync(string text)
    {
        var file = Path.Combine(_directory, $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    private async Task<JsonNode> Json(string arguments) => JsonNode.Parse(await Run(arguments))!;

    private async Task<string> Run(string arguments)
    {
        _output.GetStringBuilder().Clear();
        (await Exit(arguments)).ShouldBe(0, _errors.ToString());
        return _output.ToString();
    }

    private Task<int> Exit(string arguments) => Verbs.Run(
        [.. arguments.Split(' '), "--data", _directory, .. arguments.Contains("--urls", StringComparison.Ordinal) ? (string[])[] : ["--urls", _settings.Urls]],
        _ => Task.FromResult(1), new Terminal(_output, _errors, interactive: false, colours: false));
}
