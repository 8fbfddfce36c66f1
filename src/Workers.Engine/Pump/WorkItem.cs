using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>A record to be executed, new from the log or parked before.</summary>
public sealed class WorkItem(LogRecord record, ParkedRow? parked)
{
    public LogRecord Record { get; } = record;

    public ParkedRow? Parked { get; } = parked;

    /// <summary>By which it is known in its partition: the record's offset, of a row that has come from another partition the row's order.</summary>
    public long Place { get; } = parked?.Order ?? record.Offset;

    /// <summary>1 for the first.</summary>
    public int Attempt { get; } = (parked?.Attempts ?? 0) + 1;

    /// <summary>What <see cref="IRecordExecutor.Prepare"/> made of it; opaque to the pump.</summary>
    public object? Decoded { get; set; }

    /// <summary>Of one that is cancelled: the first of its key that waits before it and has the same caller's key; null where there is none.</summary>
    public LogRecord? First { get; set; }
}
