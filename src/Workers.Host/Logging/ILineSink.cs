namespace Workers.Host.Logging;

/// <summary>Where lines end: the console, a file. Called by one thread.</summary>
internal interface ILineSink : IDisposable
{
    void Write(LogEntry entry);

    /// <summary>What was written can be seen by others after it.</summary>
    void Flush();
}
