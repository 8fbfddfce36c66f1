namespace Workers.Engine.Store;

/// <summary>The store cannot be reached or written now (away, locked, disk full). The batch is abandoned and tried again; no attempt is counted.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
