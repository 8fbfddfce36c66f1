namespace Workers.Engine.Store;

/// <summary>
/// A store cannot be opened. The message is one sentence for whoever starts the program: what is wrong, where, and what to do about it.
/// </summary>
public sealed class StoreOpenException(string message, Exception? inner = null) : Exception(message, inner);
