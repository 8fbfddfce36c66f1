using System.Diagnostics;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Telemetry;

namespace Workers.Tests.Telemetry;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecordSpansTests : IDisposable
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Parent = $"00-{Trace}-00f067aa0ba902b7-01";

    private readonly ActivitySource _source = new(Guid.NewGuid().ToString());
    private readonly List<Activity> _ended = [];
    private readonly EngineMeter _meter = new();
    private readonly RecordSpans _spans;
    private ActivityListener? _listener;

    public RecordSpansTests() => _spans = new RecordSpans(_source, "kafka");

    public void Dispose()
    {
        _listener?.Dispose();
        _source.Dispose();
        _meter.Dispose();
    }

    [Test]
    public void Where_nobody_listens_nothing_is_made_or_allocated()
    {
        var record = Record(Parent);
        _ = _spans.Process("commands", record, 1);
        _ = _spans.Send([record]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var n = 0; n < 1_000; n++)
        {
            _spans.Process("commands", record, 1).ShouldBeNull();
            _spans.Send([record]).ShouldBeNull();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Test]
    public void A_trace_that_is_not_recorded_costs_nothing_where_flags_decide()
    {
        Listen();
        var spans = new RecordSpans(_source, "kafka", asFlagged: true);
        var record = Record($"00-{Trace}-00f067aa0ba902b7-00");
        _ = spans.Process("commands", record, 1);
        _ = spans.Send([record]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var n = 0; n < 1_000; n++)
        {
            spans.Process("commands", record, 1).ShouldBeNull();
            spans.Send([record]).ShouldBeNull();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        using (spans.Process("commands", Record(Parent), 1))
        {
        }

        _ended.ShouldHaveSingleItem();
    }

    [Test]
    public void An_attempt_is_a_child_of_the_span_that_its_record_carries()
    {
        Listen();
        var record = Record(Parent);
        (record.Partition, record.Offset) = (3, 77);

        using (_spans.Process("commands", record, 2))
        {
            Activity.Current!.TraceId.ToHexString().ShouldBe(Trace);
        }

        var span = _ended.ShouldHaveSingleItem();
        (span.DisplayName, span.Kind, span.ParentSpanId.ToHexString()).ShouldBe(("process workers.commands", ActivityKind.Consumer, "00f067aa0ba902b7"));
        span.TagObjects.ToDictionary().ShouldBe(new Dictionary<string, object?>
        {
            ["messaging.system"] = "kafka",
            ["messaging.operation.name"] = "process",
            ["messaging.operation.type"] = "process",
            ["messaging.destination.name"] = "workers.commands",
            ["messaging.message.id"] = record.Id.ToString(),
            ["messaging.message.conversation_id"] = "order 7",
            ["cloudevents.event_type"] = "CreateOrder",
            ["messaging.consumer.group.name"] = "commands",
            ["workers.attempt"] = 2,
            ["messaging.destination.partition.id"] = "3",
            ["messaging.kafka.offset"] = 77L,
        }, ignoreOrder: true);
    }

    [Test]
    public void A_record_without_a_trace_begins_one_only_where_it_is_executed()
    {
        Listen();

        _spans.Process("audit", Record(null), 1, begins: false).ShouldBeNull();
        using var span = _spans.Process("commands", Record(null), 1);

        span.ShouldNotBeNull().ParentSpanId.ShouldBe(default);
    }

    [Test]
    public async Task What_is_appended_carries_the_span_of_its_append()
    {
        Listen();
        var record = Record(Parent);
        var log = new TracedLog(new OneLog(), _spans, _meter);

        await log.AppendAsync(record, CancellationToken.None);

        var span = _ended.ShouldHaveSingleItem();
        (span.DisplayName, span.Kind, span.ParentSpanId.ToHexString()).ShouldBe(("send workers.commands", ActivityKind.Producer, "00f067aa0ba902b7"));
        record.Headers.Get(HeaderName.TraceParent).ShouldBe(span.Id);
        record.Headers.Get(HeaderName.CorrelationId).ShouldBe("order 7");
        (span.GetTagItem("messaging.destination.partition.id"), span.GetTagItem("messaging.kafka.offset")).ShouldBe(("0", 5L));
        Activity.Current.ShouldBeNull();
    }

    [Test]
    public async Task A_trace_that_is_not_recorded_goes_on_as_it_came()
    {
        Listen(ActivitySamplingResult.None);
        var record = Record(Parent);

        await new TracedLog(new OneLog(), _spans, _meter).AppendAsync([record, Record(Parent)], CancellationToken.None);

        record.Headers.Get(HeaderName.TraceParent).ShouldBe(Parent);
        _ended.ShouldBeEmpty();
    }

    [Test]
    public async Task An_append_that_fails_is_marked()
    {
        Listen();

        await Should.ThrowAsync<LogUnavailableException>(() => new TracedLog(new OneLog { IsAway = true }, _spans, _meter).AppendAsync(Record(Parent), CancellationToken.None));

        var span = _ended.ShouldHaveSingleItem();
        (span.Status, span.GetTagItem("error.type")).ShouldBe((ActivityStatusCode.Error, typeof(LogUnavailableException).FullName));
    }

    private void Listen(ActivitySamplingResult result = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener { ShouldListenTo = s => s == _source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => result, ActivityStopped = _ended.Add };
        ActivitySource.AddActivityListener(_listener);
    }

    private static LogRecord Record(string? trace) => new()
    {
        Id = Guid.NewGuid(),
        Topic = Topics.Commands,
        Key = "o1",
        TimestampMs = 1,
        Headers = new HeaderWriter().Add(HeaderName.Type, "CreateOrder").Add(HeaderName.CorrelationId, "order 7").Add(HeaderName.TraceParent, trace).Take(),
    };

    /// <summary>Takes what is appended, or nothing.</summary>
    private sealed class OneLog : ILog
    {
        public bool IsAway { get; init; }

        public uint Identity => 1;

        public int Partitions(string topic) => 1;

        public Task AppendAsync(LogRecord record, CancellationToken cancellation)
        {
            (record.Partition, record.Offset) = (0, 5);
            return IsAway ? throw new LogUnavailableException("away") : Task.CompletedTask;
        }

        public Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation) => Task.CompletedTask;

        public ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake) => throw new NotSupportedException();

        public ILogReader Join(GroupMember member, Signal wake) => throw new NotSupportedException();

        public ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<long>> LimitsAsync(string topic, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<long>> StartsAsync(string topic, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
