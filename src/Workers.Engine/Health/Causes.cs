namespace Workers.Engine.Health;

/// <summary>What is told of an attempt that is made again: its cause in the line. Its stack would be told with each attempt; it is at debug, and with the last.</summary>
public static class Causes
{
    /// <summary>Kind and message of what was thrown.</summary>
    public static string Cause(this Exception? error) => error is null ? "no error was thrown" : $"{error.GetType().Name}: {error.Message}";
}
