using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Engine.Control;

/// <summary>Which commands clearing the queue cancels.</summary>
public static class FenceRules
{
    // Clocks of doors and brokers differ by less.
    private const long ClocksMs = 60_000;

    /// <summary>Whether it lay in its partition when the fence was set, also where it waits in another one since. In a topic that was made anew since, other records have such offsets.</summary>
    internal static bool Covers(Fence fence, LogRecord record) =>
        record.Offset >= 0 && record.Offset < fence.Offsets.ElementAtOrDefault(record.Partition) && record.TimestampMs <= fence.AtMs + ClocksMs && Covers(record.Headers);

    /// <summary>
    /// Those that came by queue, execute-async, cqrs or Kafka. Sagas', undos', timers' and schedules' stay, as do those of resource doors, whose
    /// callers wait, and dead letters that were put back.
    /// </summary>
    public static bool Covers(HeaderBlock headers) =>
        headers.Get(HeaderName.Door) is null or "queue" or "execute-async" or "cqrs" or "kafka" && !headers.Has(HeaderName.Flow) && !headers.Has(HeaderName.Replay);
}
