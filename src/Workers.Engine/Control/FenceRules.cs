using Workers.Contracts.Headers;

namespace Workers.Engine.Control;

/// <summary>Which commands clearing the queue cancels.</summary>
public static class FenceRules
{
    /// <summary>
    /// Those that came by queue, execute-async, cqrs or Kafka. Sagas', undos', timers' and schedules' stay, as do those of resource doors, whose
    /// callers wait, and dead letters that were put back.
    /// </summary>
    public static bool Covers(HeaderBlock headers) =>
        headers.Get(HeaderName.Door) is null or "queue" or "execute-async" or "cqrs" or "kafka" && !headers.Has(HeaderName.Flow) && !headers.Has(HeaderName.Replay);
}
