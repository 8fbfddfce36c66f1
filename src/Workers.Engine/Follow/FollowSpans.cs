using System.Diagnostics;
using Workers.Engine.Log;
using Workers.Engine.Telemetry;

namespace Workers.Engine.Follow;

/// <summary>
/// Spans of the records in the batch in hand whose traces are recorded: from when a record is taken to when what it says is committed. A record without a trace begins
/// none here: every group would begin another.
/// </summary>
internal sealed class FollowSpans(RecordSpans spans, string group)
{
    private readonly List<Activity> _open = [];

    /// <summary>A record is taken; null where its trace is not recorded.</summary>
    public Activity? Begin(LogRecord record)
    {
        var span = spans.Process(group, record, attempt: 1, begins: false);
        if (span is not null)
        {
            // Of many at once none is the current one.
            Activity.Current = null;
            _open.Add(span);
        }

        return span;
    }

    /// <summary>It was not taken after all.</summary>
    public void Abandon(Activity span, Exception error)
    {
        span.Failed(error);
        span.Dispose();
        _open.Remove(span);
    }

    /// <summary>The batch is committed, or <paramref name="error"/> has kept it from that.</summary>
    public void End(Exception? error)
    {
        foreach (var span in _open)
        {
            if (error is not null)
            {
                span.Failed(error);
            }

            span.Dispose();
        }

        _open.Clear();
    }
}
