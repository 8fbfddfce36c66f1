using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using OpenTelemetry;
using OpenTelemetry.Logs;
using Shouldly;
using Workers.Engine.Telemetry;
using Workers.Telemetry;

namespace Workers.Tests.Telemetry;

[Parallelizable(ParallelScope.All)]
public sealed class SentLinesTests
{
    [TestCase(false, "accessed 503;done")]
    [TestCase(true, "accessed 200;accessed 503;done")]
    public void Access_lines_of_traces_that_are_not_recorded_are_not_sent_unless_they_failed_or_all_are_wanted(bool all, string sent) =>
        string.Join(';', Sent(all, log =>
        {
            Access(log, 200);
            Access(log, 503);
            log.Log(LogLevel.Information, new EventId(1), "done");
        })).ShouldBe(sent);

    [Test]
    public void The_access_line_of_a_recorded_trace_is_sent() => Sent(all: false, log =>
    {
        using var span = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        span.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        span.Start();
        Access(log, 200);
    }).ShouldBe(["accessed 200"]);

    private static void Access(ILogger log, int status) => log.Log(LogLevel.Information, new EventId(AccessLines.Request), "accessed {Status}", status);

    private static List<string> Sent(bool all, Action<ILogger> write)
    {
        var sent = new Kept();
        var options = new OpenTelemetryLoggerOptions { IncludeFormattedMessage = true }.AddProcessor(new SimpleLogRecordExportProcessor(sent));
        using (var lines = new SentLines(new OpenTelemetryLoggerProvider(new Fixed(options)), all))
        using (var loggers = LoggerFactory.Create(logging => logging.AddProvider(lines)))
        {
            write(loggers.CreateLogger("t"));
        }

        return sent.Lines;
    }

    private sealed class Fixed(OpenTelemetryLoggerOptions options) : IOptionsMonitor<OpenTelemetryLoggerOptions>
    {
        public OpenTelemetryLoggerOptions CurrentValue => options;

        public OpenTelemetryLoggerOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<OpenTelemetryLoggerOptions, string?> listener) => null;
    }

    private sealed class Kept : BaseExporter<LogRecord>
    {
        public List<string> Lines { get; } = [];

        public override ExportResult Export(in Batch<LogRecord> batch)
        {
            foreach (var line in batch)
            {
                Lines.Add(line.FormattedMessage ?? "");
            }

            return ExportResult.Success;
        }
    }
}
