namespace Workers.Engine.Pump;

/// <summary><c>Workers:Pump</c>.</summary>
public sealed class PumpOptions
{
    /// <summary>Records of a batch at most. A batch is never waited for and never forced small. Default 500.</summary>
    public int BatchRecords { get; set; } = 500;

    /// <summary>Waits before each further attempt; used up, the record is a dead letter. Default 1 s, 5 s, 30 s, 5 min, 30 min.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; set; } =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
    ];

    /// <summary>Rows that a partition sets aside before it stops reading. Default 100,000.</summary>
    public int ParkedLimit { get; set; } = 100_000;

    /// <summary>Records that are run singly after the process has ended while some were executed. Default 1,000.</summary>
    public int ProbeRecords { get; set; } = 1_000;

    /// <summary>A record is a dead letter when the process has ended in it so many times. Default 3.</summary>
    public int ProbeStarts { get; set; } = 3;

    /// <summary>Threads of the commands group; 0 takes one a core, four at most. Default 0.</summary>
    public int Threads { get; set; }
}
