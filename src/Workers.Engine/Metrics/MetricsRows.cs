namespace Workers.Engine.Metrics;

public static class MetricsRows
{
    /// <summary>What was counted of each type since its baseline; the totals become that.</summary>
    public static IReadOnlyList<MetricsRow> Since(IReadOnlyList<MetricsRow> totals, IReadOnlyList<MetricsRow> baselines)
    {
        var before = baselines.ToDictionary(row => row.Type);
        foreach (var total in totals)
        {
            if (before.TryGetValue(total.Type, out var baseline))
            {
                total.Figures.Subtract(baseline.Figures);
            }
        }

        return totals;
    }

    /// <summary>All of them together.</summary>
    public static CommandFigures Sum(this IEnumerable<MetricsRow> rows)
    {
        var sum = new CommandFigures();
        foreach (var row in rows)
        {
            sum.Merge(row.Figures);
        }

        return sum;
    }
}
