using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Shouldly;
using Workers.Host.Logging;

namespace Workers.Architecture.Logging;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LoggingTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("workers-logs-").FullName;

    private string File => Path.Combine(_directory, "logs", "app.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_line_has_its_level_in_upper_case_its_category_word_its_ids_and_its_trace()
    {
        using var span = new Activity("test").Start();

        var line = Text(log => log("Workers.Engine.Pump.GroupPump").LogWarning("Record {Id} waits", "r-1"));

        line.ShouldMatch($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z WARN  Command     Record r-1 waits trace={span.TraceId}\n$");
    }

    [TestCase("Workers.Engine.Pump.GroupPump", "Command")]
    [TestCase("Workers.Handlers.Effects.LogSender", "Command")]
    [TestCase("Workers.Engine.Store.Something", "Repository")]
    [TestCase("Workers.Sqlite.SqliteDatabase", "Repository")]
    [TestCase("Workers.Api.Http.FrontDoor", "Http")]
    [TestCase("Microsoft.AspNetCore.Server.Kestrel", "Framework")]
    [TestCase("Workers.EngineX.Thing", "Thing")]
    public void Categories_are_words(string category, string word) => Categories.WordOf(category).ShouldBe(word);

    [Test]
    public void An_error_has_its_stack_below_it_and_no_text_can_look_like_a_line_of_its_own()
    {
        var text = Text(log => log("x").LogError(new InvalidOperationException("broken"), "said {Text}", "a\n2026-01-01 ERROR forged"));

        var lines = text.Split('\n');
        lines[0].ShouldContain(@"ERROR x           said a\n2026-01-01 ERROR forged");
        lines[1].ShouldBe("    System.InvalidOperationException: broken");
    }

    [Test]
    public void Json_lines_have_the_values_as_members_and_none_overwrites_ours()
    {
        var line = Written(stream => new ConsoleSink(stream, json: true, colours: false), log =>
        {
            var logger = log("Workers.Api.Door");
            using (logger.BeginScope(new Dictionary<string, object?> { ["CommandId"] = "c-1" }))
            {
                logger.LogInformation(new EventId(7), new ArgumentException("why"), "{Level} {Attempts} {Done}", "high", 3, true);
            }
        });

        var json = JsonNode.Parse(line)!;
        json["level"]!.GetValue<string>().ShouldBe("INFO");
        json["category"]!.GetValue<string>().ShouldBe("Http");
        json["event"]!.GetValue<int>().ShouldBe(7);
        json["message"]!.GetValue<string>().ShouldBe("high 3 True");
        json["attempts"]!.GetValue<int>().ShouldBe(3);
        json["done"]!.GetValue<bool>().ShouldBeTrue();
        json["command_id"]!.GetValue<string>().ShouldBe("c-1");
        json["error"]!["type"]!.GetValue<string>().ShouldBe("System.ArgumentException");
    }

    [Test]
    public void A_full_file_is_set_aside_and_the_oldest_deleted()
    {
        var sink = new RollingFile(File, maxBytes: 150, files: 3, _ => { });
        for (var i = 0; i < 10; i++)
        {
            sink.Write(Entry($"line {i}, padded to a good hundred bytes {new string('-', 60)}"));
            sink.Flush();
        }

        sink.Dispose();

        Directory.GetFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName).ShouldBe(["app.log", "app.log.1", "app.log.2"], ignoreOrder: true);
        System.IO.File.ReadAllText(File).ShouldContain("line 9");
        System.IO.File.ReadAllText(File + ".2").ShouldContain("line 4");
        System.IO.File.ReadAllText(File + ".2").ShouldNotContain("line 3");
    }

    [Test]
    public void A_file_goes_on_where_it_ended()
    {
        for (var i = 0; i < 2; i++)
        {
            using var sink = new RollingFile(File, maxBytes: 10_000, files: 2, _ => { });
            sink.Write(Entry($"start {i}"));
        }

        System.IO.File.ReadAllLines(File).Length.ShouldBe(2);
    }

    [Test]
    public void A_file_that_cannot_be_written_is_told_of_once_and_stops_nobody()
    {
        var told = new List<string>();
        System.IO.File.WriteAllText(Path.Combine(_directory, "logs"), "in the way");
        using var sink = new RollingFile(File, maxBytes: 10_000, files: 2, told.Add);

        sink.Write(Entry("one"));
        sink.Write(Entry("two"));

        told.Count.ShouldBe(1);
        told[0].ShouldStartWith($"{File} cannot be written");
    }

    [Test]
    public void Lines_that_come_faster_than_they_are_written_are_dropped_counted_and_said()
    {
        using var sink = new StuckSink();
        using (var queue = new LineQueue([sink], TimeProvider.System, capacity: 2))
        {
            queue.Add(Entry("first"));
            sink.Entered.Wait();
            for (var i = 0; i < 5; i++)
            {
                queue.Add(Entry($"more {i}"));
            }

            sink.Release.Set();
        }

        sink.Lines.ShouldBe(["first", "more 0", "more 1", "3 lines were dropped: they came faster than they could be written"]);
    }

    private static LogEntry Entry(string message) => new(DateTimeOffset.UnixEpoch, LogLevel.Information, "Test", 0, message, [], null, null, null);

    private static string Text(Action<Func<string, ILogger>> log) => Written(stream => new ConsoleSink(stream, json: false, colours: false), log);

    private static string Written(Func<Stream, ILineSink> sink, Action<Func<string, ILogger>> log)
    {
        using var stream = new MemoryStream();
        using (var factory = LoggerFactory.Create(b => b.Services.AddSingleton<ILoggerProvider>(_ => new LineLoggerProvider([sink(stream)], TimeProvider.System))))
        {
            log(factory.CreateLogger);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class StuckSink : ILineSink
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public List<string> Lines { get; } = [];

        public void Write(LogEntry entry)
        {
            Lines.Add(entry.Message);
            Entered.Set();
            Release.Wait();
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
            Entered.Dispose();
            Release.Dispose();
        }
    }
}
