using System.Diagnostics;
using Workers.Contracts.Headers;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Log;

/// <summary>
/// A log whose appends are timed and, where the trace is recorded, are spans: what is appended carries its append's span, and who reads it goes on from there. All else
/// is the log's own.
/// </summary>
public sealed class TracedLog(ILog log, RecordSpans spans, EngineMeter meter) : ILog
{
    public uint Identity => log.Identity;

    public int Partitions(string topic) => log.Partitions(topic);

    public Task AppendAsync(LogRecord record, CancellationToken cancellation) =>
        spans.IsOn || meter.TimesSends ? TracedAsync(record, cancellation) : log.AppendAsync(record, cancellation);

    public Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellation) =>
        spans.IsOn || meter.TimesSends ? TracedAsync([.. records], cancellation) : log.AppendAsync(records, cancellation);

    public ILogReader OpenReader(IReadOnlyList<string> topics, Signal wake) => log.OpenReader(topics, wake);

    public ILogReader Join(GroupMember member, Signal wake) => log.Join(member, wake);

    public ValueTask<LogRecord?> ReadAsync(PartitionId partition, long offset, CancellationToken cancellation) => log.ReadAsync(partition, offset, cancellation);

    public ValueTask<IReadOnlyList<long>> EndsAsync(string topic, CancellationToken cancellation) => log.EndsAsync(topic, cancellation);

    public ValueTask<IReadOnlyList<long>> LimitsAsync(string topic, CancellationToken cancellation) => log.LimitsAsync(topic, cancellation);

    public ValueTask<IReadOnlyList<long>> StartsAsync(string topic, CancellationToken cancellation) => log.StartsAsync(topic, cancellation);

    // What is current ends with the method, whoever calls it.
    private async Task TracedAsync(LogRecord record, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var span = spans.Send([record]);
        Carry(span, record);
        try
        {
            await log.AppendAsync(record, cancellation).ConfigureAwait(false);
            meter.Sent(spans.System, record.Topic, started, null);
        }
        catch (Exception error)
        {
            Failed(span, record.Topic, started, error);
            throw;
        }

        if (span is not null)
        {
            spans.Place(span, record);
        }
    }

    private async Task TracedAsync(LogRecord[] records, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var span = spans.Send(records);
        foreach (var record in records)
        {
            Carry(span, record);
        }

        var topic = records.FirstOrDefault()?.Topic ?? "";
        try
        {
            await log.AppendAsync(records, cancellation).ConfigureAwait(false);
            meter.Sent(spans.System, topic, started, null);
        }
        catch (Exception error)
        {
            Failed(span, topic, started, error);
            throw;
        }
    }

    private void Failed(Activity? span, string topic, long started, Exception error)
    {
        span?.Failed(error);
        meter.Sent(spans.System, topic, started, error);
    }

    private static void Carry(Activity? span, LogRecord record)
    {
        if (span?.Id is { } id)
        {
            record.Replace(HeaderName.TraceParent, id);
        }
    }
}
