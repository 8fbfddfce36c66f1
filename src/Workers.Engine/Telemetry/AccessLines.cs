namespace Workers.Engine.Telemetry;

/// <summary>Event ids of the lines that say of each request how it was answered: who sends lines elsewhere may leave most of them out.</summary>
public static class AccessLines
{
    public const int Request = 300;

    /// <summary>Of a request that has put a command into the log.</summary>
    public const int Command = 313;

    /// <summary>The value that tells the answer's status.</summary>
    public const string Status = "Status";
}
