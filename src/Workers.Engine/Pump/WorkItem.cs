using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>A record to be executed, new from the log or parked before.</summary>
public sealed class WorkItem(LogRecord record, ParkedRow? parked)
{
    public LogRecord Record { get; } = record;

    public ParkedRow? Parked { get; } = parked;

    /// <summary>1 for the first.</summary>
    public int Attempt { get; } = (parked?.Attempts ?? 0) + 1;

    /// <summary>What <see cref="IRecordExecutor.Prepare"/> made of it; opaque to the pump.</summary>
    public object? Decoded { get; set; }
}
