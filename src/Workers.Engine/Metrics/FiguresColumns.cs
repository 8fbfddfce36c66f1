namespace Workers.Engine.Metrics;

/// <summary>The numbers of <see cref="CommandFigures"/> as columns, in one order for every store.</summary>
public static class FiguresColumns
{
    public const string Names = "succeeded, failed, dead_lettered, cancelled, undone, retried, retries, queue_us, run_us";

    /// <summary>How many they are.</summary>
    public const int Count = 9;

    public static IReadOnlyList<long> Of(CommandFigures figures) =>
    [
        figures.Succeeded, figures.Failed, figures.DeadLettered, figures.Cancelled, figures.Undone, figures.Retried, figures.Retries, figures.QueueUs, figures.RunUs,
    ];

    /// <param name="number">The number in a column.</param>
    /// <param name="first">The column of the first.</param>
    public static CommandFigures Read(Func<int, long> number, int first, ReadOnlySpan<byte> queue, ReadOnlySpan<byte> run) => new()
    {
        Succeeded = number(first),
        Failed = number(first + 1),
        DeadLettered = number(first + 2),
        Cancelled = number(first + 3),
        Undone = number(first + 4),
        Retried = number(first + 5),
        Retries = number(first + 6),
        QueueUs = number(first + 7),
        RunUs = number(first + 8),
        Queue = Histogram.Of(queue),
        Run = Histogram.Of(run),
    };
}
