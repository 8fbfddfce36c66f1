using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Logs;
using Workers.Engine.Telemetry;

namespace Workers.Telemetry;

/// <summary>
/// Sends lines, in batches. Of the lines that tell of each request only those are sent whose trace is recorded too and those of answers from 500 on, unless all are wanted: at
/// thousands a second they would cost more than all other telemetry, and figures tell of the others.
/// </summary>
internal sealed class LineSender(BaseExporter<LogRecord> exporter, BatchExportProcessorOptions<LogRecord> batch, bool allAccessLines)
    : BatchLogRecordExportProcessor(exporter, batch.MaxQueueSize, batch.ScheduledDelayMilliseconds, batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize)
{
    private const int Failed = 500;

    public override void OnEnd(LogRecord data)
    {
        if (allAccessLines || data.EventId.Id is not (AccessLines.Request or AccessLines.Command) || data.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) || StatusOf(data) >= Failed)
        {
            base.OnEnd(data);
        }
    }

    private static int StatusOf(LogRecord line)
    {
        foreach (var (name, value) in line.Attributes ?? [])
        {
            if (name == AccessLines.Status)
            {
                return value is int status ? status : Failed;
            }
        }

        // It is none of ours with that id.
        return Failed;
    }
}
