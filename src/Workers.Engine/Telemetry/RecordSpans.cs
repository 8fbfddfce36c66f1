using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Engine.Telemetry;

/// <summary>
/// Spans of what is done with records, named and described by OpenTelemetry's messaging conventions: <c>send {topic}</c> and <c>process {topic}</c>. Each is a child
/// of the span whose id its record carries, so that one trace leads from the caller's request through log, pumps and processes. Where nobody listens nothing is
/// made; where a trace is not recorded, what a record causes carries on the id that it came with. One a process.
/// </summary>
/// <param name="source">What a tracer subscribes to by its name.</param>
/// <param name="system"><c>messaging.system</c>: <c>kafka</c>, embedded <c>workers</c>.</param>
/// <param name="asFlagged">
/// Whoever listens records of a trace what its flags say, as samplers do that are based on the parent: of one that is not recorded nobody is asked, and nothing is made. False: he is
/// asked each time.
/// </param>
public sealed class RecordSpans(ActivitySource source, string system, bool asFlagged = false)
{
    // Of version 00: 00-{trace}-{span}-{flags}.
    private const int TraceLength = 55;

    private readonly ConcurrentDictionary<string, Names> _names = new(StringComparer.Ordinal);

    /// <summary>Somebody listens.</summary>
    public bool IsOn => source.HasListeners();

    /// <summary><c>messaging.system</c>.</summary>
    public string System => system;

    /// <summary>Begins an attempt at a record, as the current span; null where it is not recorded. Dispose it when the attempt has ended.</summary>
    /// <param name="group">Who makes it.</param>
    /// <param name="record">As it was read.</param>
    /// <param name="attempt">1 for the first.</param>
    /// <param name="begins">A record that carries no trace begins one; false: it has no span.</param>
    public Activity? Process(string group, LogRecord record, int attempt, bool begins = true)
    {
        if (!source.HasListeners() || IsLeftOut(record))
        {
            return null;
        }

        var parent = ParentOf(record);
        if (parent == default && !begins)
        {
            return null;
        }

        var names = NamesOf(record.Topic);
        var span = source.StartActivity(names.Receive, ActivityKind.Consumer, parent);
        if (span is { IsAllDataRequested: true })
        {
            span.DisplayName = names.Process;
            Describe(span, "process", record).SetTag("messaging.consumer.group.name", group).SetTag("workers.attempt", attempt);
            Place(span, record);
        }

        return span;
    }

    /// <summary>Begins to put records of one request or one sender on a topic, as the current span; null where it is not recorded.</summary>
    /// <param name="records">Not appended yet; of several, those of one topic and one trace have a span.</param>
    /// <param name="begins">A record that carries no trace begins one; false: it has no span.</param>
    public Activity? Send(ReadOnlySpan<LogRecord> records, bool begins = true)
    {
        if (!source.HasListeners() || records.Length == 0 || IsLeftOut(records[0]))
        {
            return null;
        }

        var first = records[0];
        foreach (var record in records[1..])
        {
            if (record.Topic != first.Topic || !TraceOf(record).SequenceEqual(TraceOf(first)))
            {
                return null;
            }
        }

        var parent = ParentOf(first);
        if (parent == default && !begins)
        {
            return null;
        }

        var span = source.StartActivity(NamesOf(first.Topic).Send, ActivityKind.Producer, parent);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, "send", first);
            if (records.Length > 1)
            {
                span.SetTag("messaging.message.id", null).SetTag("messaging.batch.message_count", records.Length);
            }
        }

        return span;
    }

    /// <summary>Where a record lies.</summary>
    public void Place(Activity span, LogRecord record)
    {
        if (record.Partition >= 0)
        {
            span.SetTag("messaging.destination.partition.id", record.Partition.ToString(CultureInfo.InvariantCulture))
                .SetTag(system == "kafka" ? "messaging.kafka.offset" : "workers.offset", record.Offset);
        }
    }

    private Activity Describe(Activity span, string operation, LogRecord record) => span
        .SetTag("messaging.system", system)
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.destination.name", record.Topic)
        .SetTag("messaging.message.id", record.Id.ToString())
        .SetTag("messaging.message.conversation_id", record.Headers.Get(HeaderName.CorrelationId))
        .SetTag("cloudevents.event_type", record.Headers.Get(HeaderName.Type));

    private Names NamesOf(string topic) => _names.TryGetValue(topic, out var names) ? names : _names.GetOrAdd(topic, static t => new Names(t));

    // The lowest bit of the flags says that it is recorded; of any other form the whole is read.
    private bool IsLeftOut(LogRecord record) =>
        asFlagged && TraceOf(record) is [.., var last] and { Length: TraceLength } && last is (byte)'0' or (byte)'2' or (byte)'4' or (byte)'6' or (byte)'8' or (byte)'a' or (byte)'c' or (byte)'e';

    private static ActivityContext ParentOf(LogRecord record) =>
        TraceOf(record) is { Length: > 0 } trace && ActivityContext.TryParse(Encoding.ASCII.GetString(trace), record.Headers.Get(HeaderName.TraceState), isRemote: true, out var parent)
            ? parent
            : default;

    private static ReadOnlySpan<byte> TraceOf(LogRecord record) => record.Headers.TryGet(HeaderName.TraceParent, out var trace) ? trace : default;

    /// <summary>MassTransit calls its span, which is below, by what stands before <c>receive</c> in ours.</summary>
    private sealed class Names(string topic)
    {
        public string Receive { get; } = topic + " receive";

        public string Process { get; } = "process " + topic;

        public string Send { get; } = "send " + topic;
    }
}
