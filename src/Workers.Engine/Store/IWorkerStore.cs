namespace Workers.Engine.Store;

/// <summary>What the processes say of themselves every few seconds: a row each, replaced each time. Its suite is <c>WorkerStoreConformance</c>.</summary>
public interface IWorkerStore
{
    /// <summary>Replaces the process's row, and forgets those that have not been heard of for <see cref="WorkerRow.KeptFor"/>.</summary>
    /// <param name="id">Of the process.</param>
    /// <param name="report">UTF-8 JSON.</param>
    Task BeatAsync(string id, byte[] report, CancellationToken cancellation);

    /// <summary>All that are known, by their ids.</summary>
    Task<IReadOnlyList<WorkerRow>> ListAsync(CancellationToken cancellation);
}

/// <param name="AtMs">When it was last heard of, by the store's own clock.</param>
/// <param name="AgeMs">How long ago that is, by the same clock.</param>
public sealed record WorkerRow(string Id, long AtMs, long AgeMs, byte[] Report)
{
    /// <summary>How long a process that is gone is still shown.</summary>
    public static TimeSpan KeptFor { get; } = TimeSpan.FromHours(1);
}
