using System.Text.RegularExpressions;
using Workers.EndToEnd.Cluster;

namespace Workers.EndToEnd.Telemetry;

/// <summary>
/// A real OpenTelemetry collector: <c>WORKERS_TEST_OTLP</c> is its address, <c>WORKERS_TEST_OTLP_LOG</c> the file that its debug exporter prints to in detail.
/// </summary>
internal sealed partial class Collector
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly string _log;
    private readonly long _begins;

    private Collector(string log) => (_log, _begins) = (log, new FileInfo(log).Length);

    /// <summary>What is sent from now on; the test is skipped where there is none.</summary>
    public static Collector Named()
    {
        _ = TestServers.Named("WORKERS_TEST_OTLP");
        return new Collector(TestServers.Named("WORKERS_TEST_OTLP_LOG"));
    }

    /// <summary>What makes a program send to it soon; nothing where there is none.</summary>
    public static IReadOnlyDictionary<string, string> Settings => Environment.GetEnvironmentVariable("WORKERS_TEST_OTLP") is not { Length: > 0 } address
        ? new Dictionary<string, string>()
        : new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        };

    /// <summary>All that was printed since.</summary>
    public string Text
    {
        get
        {
            using var file = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(_begins, SeekOrigin.Begin);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }

    /// <summary>The spans of a trace, once they are as wanted.</summary>
    /// <exception cref="TimeoutException">They never were; with those that came.</exception>
    public async Task<IReadOnlyList<Span>> UntilAsync(string trace, Func<IReadOnlyList<Span>, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(Look);
        while (true)
        {
            var spans = SpansOf(trace);
            if (wanted(spans))
            {
                return spans;
            }

            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Of trace {trace} there are after {Deadline}:\n{string.Join('\n', spans)}");
            }
        }
    }

    public IReadOnlyList<Span> SpansOf(string trace)
    {
        var spans = new List<Span>();
        var (process, scope) = ("", "");
        foreach (var line in Text.Split('\n'))
        {
            if (Attribute().Match(line) is { Success: true } attribute)
            {
                var (name, value) = (attribute.Groups[1].Value, attribute.Groups[2].Value);
                if (name == "service.instance.id")
                {
                    process = value;
                }
                else if (spans.Count > 0)
                {
                    spans[^1].Attributes[name] = value;
                }
            }
            else if (Scope().Match(line) is { Success: true } named)
            {
                scope = named.Groups[1].Value;
            }
            else if (line.StartsWith("Span #", StringComparison.Ordinal))
            {
                spans.Add(new Span(process, scope));
            }
            else if (spans.Count > 0 && Field().Match(line) is { Success: true } field)
            {
                spans[^1].Fields.TryAdd(field.Groups[1].Value, field.Groups[2].Value);
            }
        }

        return [.. spans.Where(span => span.Trace == trace)];
    }

    [GeneratedRegex(@"^     -> ([\w.]+): \w+\((.*)\)$")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"^InstrumentationScope (\S*)")]
    private static partial Regex Scope();

    [GeneratedRegex(@"^    (\w[\w ]*?) *: (.*)$")]
    private static partial Regex Field();
}

/// <summary>A span as the collector prints it.</summary>
/// <param name="Process">Which process made it.</param>
/// <param name="Scope">By which source.</param>
internal sealed record Span(string Process, string Scope)
{
    public Dictionary<string, string> Fields { get; } = [];

    public Dictionary<string, string> Attributes { get; } = [];

    public string Trace => Fields["Trace ID"];

    public string Id => Fields["ID"];

    public string Parent => Fields["Parent ID"];

    public string Name => Fields["Name"];

    public string Kind => Fields["Kind"];

    public bool IsError => Fields["Status code"] == "Error";

    public string? Of(string attribute) => Attributes.GetValueOrDefault(attribute);

    /// <summary>Done with a record of the topic, by the group.</summary>
    public bool Is(string name, string? group = null) => Scope == "Workers" && Name == name && (group is null || Of("messaging.consumer.group.name") == group);

    /// <summary>Those that are neither below another nor below the caller's.</summary>
    public static IEnumerable<Span> Loose(IReadOnlyList<Span> spans, string caller)
    {
        var ids = spans.Select(span => span.Id).Append(caller).ToHashSet();
        return spans.Where(span => !ids.Contains(span.Parent));
    }

    public override string ToString() => $"{Scope} {Name} {Id} < {Parent} {Of("messaging.consumer.group.name")} {Of("cloudevents.event_type")} {Process}";
}
