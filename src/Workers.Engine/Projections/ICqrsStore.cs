namespace Workers.Engine.Projections;

/// <summary>
/// What the lists of document 001 show: saved read models, the newest events, and how many there are of each. It lies where <see cref="IReadModelStore"/> does, whose
/// <see cref="IReadModelStore.ApplyAsync"/> writes it. Its suite is <c>CqrsConformance</c>.
/// </summary>
public interface ICqrsStore
{
    /// <summary>Those of these that were saved, or deleted while events make them.</summary>
    ValueTask<IReadOnlyList<SavedModel>> FindSavedAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation);

    /// <summary>Those that are not deleted, newest first by (created, id), after that place.</summary>
    ValueTask<IReadOnlyList<SavedModel>> ListSavedAsync(string type, int limit, (long CreatedMs, string Id)? after, CancellationToken cancellation);

    /// <summary>Null where there is none, or it is listed no more.</summary>
    ValueTask<ListedEvent?> FindEventAsync(Guid id, CancellationToken cancellation);

    /// <summary>Newest first by (time, id).</summary>
    ValueTask<Page<ListedEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellation);

    ValueTask<CqrsCounts> CountAsync(CancellationToken cancellation);

    /// <summary>Cuts the lists, the oldest go first: of the commands those that have ended, of the read models those that were saved.</summary>
    Task<CqrsRemoved> PruneAsync(CqrsLimits keep, CancellationToken cancellation);
}

/// <summary>A read model that somebody has saved; or, <paramref name="Deleted"/>, that what events make of it is not shown.</summary>
/// <param name="CreatedMs">When it was first saved since it was last deleted; a store keeps the first.</param>
/// <param name="Data">One JSON object, UTF-8; empty where it is deleted.</param>
public sealed record SavedModel(string Type, string Id, long Version, bool Deleted, long CreatedMs, long UpdatedMs, byte[] Data)
{
    /// <summary>Partition and offset of the record that says so: where a store has no transactions, what is later in a partition is never overwritten by what is earlier.</summary>
    public (int Partition, long Offset) Place { get; init; }

    /// <summary>Whether it is what is shown of the two: events that came after it count more.</summary>
    /// <param name="projected">What events have made; null for nothing.</param>
    public bool Hides(ReadModel? projected) => projected is null || Version > projected.Version
        || (Deleted && Version == projected.Version && projected.UpdatedMs <= UpdatedMs);
}

/// <summary>An event as it is listed.</summary>
/// <param name="Entity">Whose it is; null for one that only callers know.</param>
/// <param name="Version">The entity's after it; 0 for none.</param>
/// <param name="External">A caller has posted it.</param>
/// <param name="Data">One JSON object, UTF-8, sensitive values hidden.</param>
public sealed record ListedEvent(
    Guid Id, string Type, string? Entity, string AggregateId, long Version, long AtMs, string? UserId, string? CorrelationId, Guid? CommandId, bool External,
    byte[] Data);

public sealed record EventQuery(string? Type, string? AggregateId, long? FromMs, long? ToMs, int Limit, string? Cursor);

/// <param name="Succeeded">Of the commands that came by <c>/cqrs/commands</c> and are listed; so the others.</param>
/// <param name="ReadModels">What is shown, by type.</param>
public sealed record CqrsCounts(long Commands, long Succeeded, long Failed, long Events, IReadOnlyDictionary<string, long> ReadModels)
{
    public long Pending => Commands - Succeeded - Failed;
}

/// <summary>How many are kept.</summary>
public sealed record CqrsLimits(int Commands, int Events, int ReadModels);

/// <summary>How many are gone.</summary>
public sealed record CqrsRemoved(long Commands, long Events, long ReadModels);
