namespace Workers.Bus.Metrics;

/// <summary>What a bus did since it was made, in total and by message name.</summary>
/// <param name="Messages">By registered name.</param>
public sealed record BusMetrics(IReadOnlyDictionary<string, MessageMetrics> Messages)
{
    /// <summary>Nothing.</summary>
    public static BusMetrics Empty { get; } = new(new Dictionary<string, MessageMetrics>());

    /// <summary>Dispatches that ended, well or not.</summary>
    public long Executed => Messages.Values.Sum(m => m.Executed);

    /// <summary>Dispatches that failed.</summary>
    public long Failed => Messages.Values.Sum(m => m.Failed);

    /// <summary>Dispatches that run now.</summary>
    public long InFlight => Messages.Values.Sum(m => m.InFlight);
}

/// <summary>One message name.</summary>
/// <param name="Executed">Dispatches that ended, well or not.</param>
/// <param name="Failed">Those among them that failed.</param>
/// <param name="InFlight">Dispatches that run now.</param>
/// <param name="Total">What the ended ones took together.</param>
/// <param name="Longest">What the longest of them took.</param>
public sealed record MessageMetrics(long Executed, long Failed, long InFlight, TimeSpan Total, TimeSpan Longest)
{
    /// <summary>What an ended one took on average; zero before the first.</summary>
    public TimeSpan Average => Executed == 0 ? TimeSpan.Zero : Total / Executed;
}
