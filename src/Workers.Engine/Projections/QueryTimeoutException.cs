namespace Workers.Engine.Projections;

/// <summary>A list or a query took too long and was given up by the store, so that those of others are not held up. Narrower ones may be quicker.</summary>
public sealed class QueryTimeoutException(TimeSpan limit, Exception? inner = null)
    : Exception($"The query took longer than {limit.TotalSeconds:0.###} s; narrow it by its filters", inner)
{
    /// <summary>How long one may take: 5 s.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(5);
}
