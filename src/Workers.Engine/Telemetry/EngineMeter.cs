using System.Diagnostics;
using System.Diagnostics.Metrics;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Telemetry;

/// <summary>
/// What the doors and the pumps count and time. One a process. Names: OpenTelemetry's manner, durations in seconds, labels never hold ids. Where nobody listens an
/// instrument costs a look at a field.
/// </summary>
public sealed class EngineMeter : IDisposable
{
    public const string Name = "Workers";

    private const int InstallationLetters = 8;

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _submitted;
    private readonly Counter<long> _completed;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _replayed;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _shed;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _run;
    private readonly Histogram<double> _total;
    private readonly Histogram<long> _batchSize;
    private readonly Histogram<double> _batch;
    private readonly Histogram<double> _commit;
    private readonly Histogram<double> _timerDelay;
    private readonly Histogram<double> _relay;
    private readonly Counter<long> _scheduleFired;
    private readonly Counter<long> _scheduleMissed;
    private readonly Histogram<double> _scheduleDelay;
    private readonly Histogram<double> _sends;
    private readonly Histogram<double> _processes;
    private long _clients;

    public EngineMeter()
    {
        _submitted = _meter.CreateCounter<long>("workers.command.submitted", "{command}", "Commands that a door has put into the log");
        _completed = _meter.CreateCounter<long>("workers.command.completed", "{command}", "Commands that have ended, by their state");
        _retries = _meter.CreateCounter<long>("workers.command.retries", "{attempt}", "Attempts that failed and are made again later");
        _deadLettered = _meter.CreateCounter<long>("workers.dead_lettered", "{record}", "Records that could not be executed and were set aside");
        _replayed = _meter.CreateCounter<long>("workers.idempotency.replayed", "{command}", "Repeats of a command that was known already");
        _meter.CreateObservableUpDownCounter("workers.websocket.clients", () => Interlocked.Read(ref _clients), "{client}", "Clients that are connected to /ws");
        _dropped = _meter.CreateCounter<long>("workers.websocket.dropped", "{client}", "Clients that were dropped because they took frames too slowly");
        _shed = _meter.CreateCounter<long>("workers.request.shed", "{request}", "Requests that were refused because there was too much to do, by what there was too much of");
        _queue = Seconds("workers.command.queue.duration", "From a command's acceptance to its start");
        _run = Seconds("workers.command.run.duration", "From a command's start to its end");
        _total = Seconds("workers.command.end_to_end.duration", "From a command's acceptance to the commit of its outcome");
        _batchSize = _meter.CreateHistogram<long>("workers.batch.size", "{record}", "Records that a pump executed in one commit");
        _batch = Seconds("workers.batch.duration", "Execution of a batch, without its commit");
        _commit = Seconds("workers.commit.duration", "From the end of a batch to its commit");
        _timerDelay = Seconds("workers.timer.delay", "From when a timer was due to when it was sent");
        _relay = Seconds("workers.relay.duration", "From a commit to the log's acknowledgement of what it sends");
        _scheduleFired = _meter.CreateCounter<long>("workers.schedule.fired", "{command}", "Commands that schedules have appended");
        _scheduleMissed = _meter.CreateCounter<long>("workers.schedule.misfired", "{time}", "Times of schedules that were missed, by what became of them");
        _scheduleDelay = Seconds("workers.schedule.delay", "From a schedule's time to when its command was appended");
        _sends = Seconds("messaging.client.operation.duration", "From an append to the log until it is durable");
        _processes = Seconds("messaging.process.duration", "Execution of what was read of a topic at once, without its commit");
    }

    public void Submitted(CommandInfo command, LogRecord record) =>
        _submitted.Add(1, Kind(command), Type(command.Type == typeof(CustomCommand) ? record.Headers.Get(HeaderName.Type) ?? command.Name : command.Name));

    /// <summary>A repeat whose first command was known at the door.</summary>
    public void Replayed() => _replayed.Add(1);

    public void ClientCame() => Interlocked.Increment(ref _clients);

    public void ClientWent() => Interlocked.Decrement(ref _clients);

    public void ClientDropped() => _dropped.Add(1);

    /// <summary>A request was refused because there was too much to do.</summary>
    /// <param name="reason"><c>in_flight</c>, <c>backlog</c> or <c>backlog_time</c>.</param>
    public void Shed(string reason) => _shed.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Appends are timed.</summary>
    internal bool TimesSends => _sends.Enabled;

    /// <summary>Something was appended to a topic, or could not be.</summary>
    internal void Sent(string system, string topic, long startedAt, Exception? error)
    {
        var tags = new TagList { { "messaging.system", system }, { "messaging.operation.name", "send" }, { "messaging.destination.name", topic } };
        if (error is not null)
        {
            tags.Add("error.type", error.GetType().FullName);
        }

        _sends.Record(Since(startedAt), tags);
    }

    /// <summary>A pump has executed so many records.</summary>
    public void Executed(string group, string topic, int records, long startedAt)
    {
        var took = Since(startedAt);
        _batchSize.Record(records, Group(group));
        _batch.Record(took, Group(group));
        _processes.Record(took, new("messaging.operation.name", "process"), new("messaging.destination.name", topic), new("messaging.consumer.group.name", group));
    }

    public void TimerSent(string group, long delayMs) => _timerDelay.Record(Math.Max(0, delayMs) / 1_000.0, Group(group));

    public void Relayed(string group, long committedAt) => _relay.Record(Since(committedAt), Group(group));

    /// <summary>A flush is written.</summary>
    public void Committed(Flush flush, long submittedAt, long nowMs)
    {
        var group = flush.Position.Group;
        _commit.Record(Since(submittedAt), Group(group));
        if (!_completed.Enabled)
        {
            return;
        }

        foreach (var write in flush.Outcomes)
        {
            if (write.Schedule is { } schedule)
            {
                Decided(schedule);
            }

            if (write.Timing is { } timing)
            {
                Ended(write.Outcome, timing, nowMs);
            }
            else if (write.Outcome.AliasOf is not null)
            {
                _replayed.Add(1);
            }
        }

        foreach (var row in flush.Parked)
        {
            if (row.Reason == "retry")
            {
                _retries.Add(1, Group(group));
            }
        }

        foreach (var letter in flush.DeadLetters)
        {
            _deadLettered.Add(1, Group(group), new("reason", letter.Reason));
        }
    }

    /// <summary>A figure that is looked up when it is asked for: of each combination of labels one.</summary>
    public void Gauge<T>(string name, string unit, string description, Func<IEnumerable<Measurement<T>>> now)
        where T : struct => _meter.CreateObservableGauge(name, now, unit, description);

    public void Dispose() => _meter.Dispose();

    /// <summary>Labels of a partition of a group.</summary>
    public static KeyValuePair<string, object?>[] Labels(string group, PartitionId partition) =>
        [Group(group), new("topic", partition.Topic), new("partition", partition.Number)];

    /// <summary>Which installation a process belongs to: one Prometheus may watch several, and the processes of one under several jobs.</summary>
    internal static KeyValuePair<string, object?> Installation(IStateStore store) => new("installation", store.Installation[..Math.Min(InstallationLetters, store.Installation.Length)]);

    private void Ended(Outcome outcome, Timing timing, long nowMs)
    {
        var (kind, type) = (Kind(timing.Command), Type(timing.Type));
        _completed.Add(1, kind, type, new("outcome", outcome.State.Name()));
        _queue.Record(timing.QueueMs / 1_000, kind, type);
        _run.Record(timing.RunMs / 1_000, kind, type);
        if (timing.SubmittedMs > 0)
        {
            _total.Record(Math.Max(0, nowMs - timing.SubmittedMs) / 1_000.0, kind, type);
        }
    }

    private void Decided(ScheduleFigures schedule)
    {
        _scheduleFired.Add(schedule.DelaysMs.Count);
        foreach (var delay in schedule.DelaysMs)
        {
            _scheduleDelay.Record(delay / 1_000.0);
        }

        // None too, so that the first that are missed are an increase.
        _scheduleMissed.Add(schedule.Missed, new KeyValuePair<string, object?>("policy", schedule.Policy));
    }

    private Histogram<double> Seconds(string name, string description) => _meter.CreateHistogram<double>(name, "s", description);

    private static double Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp).TotalSeconds;

    private static KeyValuePair<string, object?> Group(string group) => new("group", group);

    private static KeyValuePair<string, object?> Kind(CommandInfo command) => new("command.kind", command.Kind);

    private static KeyValuePair<string, object?> Type(string name) => new("command.type", name);
}
