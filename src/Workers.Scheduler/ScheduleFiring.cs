using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Faults;
using Workers.Engine.Log;

namespace Workers.Scheduler;

/// <summary>
/// Says that a schedule is due: a command, at the schedule's key. Who executes it decides which times fire; so that it may be said twice, by two schedulers, or late.
/// </summary>
internal sealed class ScheduleFiring(ILog log, TimeProvider time)
{
    private const string Door = "schedule";

    /// <summary>Told after it is on disk.</summary>
    public Func<string, long, ValueTask>? Fired { get; set; }

    /// <exception cref="LogUnavailableException">It is not said.</exception>
    public async Task FireAsync(string schedule, long dueMs, CancellationToken cancellation)
    {
        FailPoint.Hit("schedule-before-append");
        await AppendAsync(new FireSchedule { ScheduleId = schedule, DueMs = dueMs }, Ids.Fire("fire\n" + schedule, dueMs), cancellation);
        FailPoint.Hit("schedule-after-append");
        if (Fired is { } fired)
        {
            await fired(schedule, dueMs);
            FailPoint.Hit("schedule-after-next");
        }
    }

    /// <summary>A command of the scheduler's own.</summary>
    public async Task AppendAsync(ICommand command, Guid? id, CancellationToken cancellation)
    {
        var (info, now) = (CommandCatalog.Of(command), time.GetUtcNow());
        var own = id ?? Ids.New(now);
        await log.AppendAsync(
            new LogRecord
            {
                Id = own,
                Topic = info.Topic,
                Key = info.GetKey(command),
                TimestampMs = now.ToUnixTimeMilliseconds(),
                Headers = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Source, "scheduler").Add(HeaderName.Door, Door).Add(HeaderName.CorrelationId, own).Take(),
                Value = info.ToBytes(command),
            },
            cancellation);
    }
}
