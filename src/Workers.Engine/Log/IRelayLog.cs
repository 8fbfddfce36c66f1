namespace Workers.Engine.Log;

/// <summary>A log that a store's outbox is sent to: what is appended is not part of the store's transaction.</summary>
public interface IRelayLog
{
    /// <summary>A sender of its own. <paramref name="failed"/> is called once, from any thread, when it cannot go on: another one is opened then.</summary>
    IRelaySender OpenSender(Action<Exception> failed);
}

/// <summary>Sends in the order of the calls to each partition, however long the log is away.</summary>
public interface IRelaySender : IDisposable
{
    /// <summary>Returns at once where there is room; <paramref name="acknowledged"/> is called, from any thread, when all records are durable in the log.</summary>
    void Send(IReadOnlyList<LogRecord> records, Action acknowledged);
}
