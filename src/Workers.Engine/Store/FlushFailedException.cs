namespace Workers.Engine.Store;

/// <summary>
/// A flush could not be written and left nothing behind: a state row stood at another version than expected, or an id was written twice. It
/// means a mistake in what was staged, or a worker that no longer owns the partition; others in the same commit are not touched.
/// </summary>
public sealed class FlushFailedException(string message, Exception? inner = null) : Exception(message, inner);
