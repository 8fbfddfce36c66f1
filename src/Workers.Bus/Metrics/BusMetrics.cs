namespace Workers.Bus.Metrics;

/// <summary>What a bus did since it was made, in total and by message name.</summary>
public sealed record BusMetrics(IReadOnlyDictionary<string, MessageMetrics> Messages)
{
    public static BusMetrics Empty { get; } = new(new Dictionary<string, MessageMetrics>());

    public long Executed => Messages.Values.Sum(m => m.Executed);

    public long Failed => Messages.Values.Sum(m => m.Failed);

    public long InFlight => Messages.Values.Sum(m => m.InFlight);
}

/// <summary>One message type: ended dispatches, failures among them, what runs now, and how long the ended ones took.</summary>
public sealed record MessageMetrics(long Executed, long Failed, long InFlight, TimeSpan Total, TimeSpan Longest)
{
    public TimeSpan Average => Executed == 0 ? TimeSpan.Zero : Total / Executed;
}
