namespace Workers.Engine.Projections;

/// <summary>How many rows a list has. Counting goes so far; beyond that it is an estimate: of an unfiltered list about its size, of a filtered one at least so many.</summary>
public readonly record struct ListTotal(long Count, bool IsEstimate)
{
    /// <summary>Rows that are counted one by one.</summary>
    public const int Exact = 10_000;
}
