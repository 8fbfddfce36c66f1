using Workers.Contracts.Commands;
using Workers.Engine.Repositories;
using Workers.Engine.Store;

namespace Workers.Engine.Projections;

/// <summary>Read models and the list of commands: SQLite embedded, MongoDB in a cluster. Its suite is <c>ReadModelConformance</c>.</summary>
public interface IReadModelStore
{
    /// <summary>The group's stored positions live in this store; taking them works as in <see cref="IStateStore"/>.</summary>
    Task<PositionRow> TakeAsync(string group, Log.PartitionId partition, CancellationToken cancellation);

    /// <summary>
    /// One transaction: positions (compare-and-set, all or nothing; none for a rebuild) and writes. An older version of a model never overwrites a
    /// newer one, an equal one does; a command that is there stays; of a command's outcomes the one completed last stays. A store without transactions
    /// looks at the positions, writes, and moves them last: a crash in between leaves writes that the repeat of the batch does not change.
    /// </summary>
    Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, ReadModelBatch batch, CancellationToken cancellation);

    ValueTask<ReadModel?> FindAsync(string type, string id, CancellationToken cancellation);

    /// <summary>Those that exist of these, the deleted ones too, in any order and with their <see cref="ReadModel.State"/>: one query.</summary>
    ValueTask<IReadOnlyList<ReadModel>> FindAllAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation);

    /// <summary>Newest first by (sort value, id).</summary>
    ValueTask<Page<ReadModel>> ListAsync(ReadModelQuery query, CancellationToken cancellation);

    /// <summary>Those of which the specification is true and that are not deleted, without their <see cref="ReadModel.State"/>.</summary>
    ValueTask<IReadOnlyList<ReadModel>> FindAsync(SpecificationQuery query, CancellationToken cancellation);

    /// <summary>The same counted and summed, by the keys' order; without <see cref="GroupQuery.By"/> one group, or none where nothing fits.</summary>
    ValueTask<IReadOnlyList<SpecificationGroup>> GroupAsync(GroupQuery query, CancellationToken cancellation);

    ValueTask<CommandRow?> FindCommandAsync(Guid id, CancellationToken cancellation);

    /// <summary>Commands to which their callers gave this id, newest first, at most 100.</summary>
    ValueTask<IReadOnlyList<CommandRow>> FindByCallerIdAsync(string callerId, CancellationToken cancellation);

    ValueTask<Page<CommandRow>> ListCommandsAsync(CommandQuery query, CancellationToken cancellation);
}

public sealed class ReadModelBatch
{
    public List<ReadModel> Models { get; } = [];
    public List<CommandRow> Commands { get; } = [];
    public List<CommandOutcomeRow> Outcomes { get; } = [];

    /// <summary>One that is there stays.</summary>
    public List<ListedEvent> Events { get; } = [];

    /// <summary>Events that stay listed at least; 0: all. More go now and then, the oldest first.</summary>
    public int KeepEvents { get; set; }

    /// <summary>In their order, whatever is there. A deleted one takes away what was saved, and hides what events have made of it.</summary>
    public List<SavedModel> Saved { get; } = [];

    /// <summary>The models are shown although they were deleted.</summary>
    public bool Rebuilt { get; set; }

    /// <summary>After the rest: commands that were accepted before this moment (milliseconds since 1970) and have ended are forgotten; 0: none.</summary>
    public long ClearCommandsBefore { get; set; }

    /// <summary>Before the rest: these are forgotten, whatever became of them.</summary>
    public List<Guid> ForgottenCommands { get; } = [];
}

/// <param name="Data">The resource as it is answered, UTF-8 JSON; empty where it was deleted.</param>
/// <param name="Fields">Values by which lists are filtered (<c>user_id</c>, <c>status</c>, <c>category</c>, <c>order_id</c>, <c>email</c>, <c>name</c>, …).</param>
/// <param name="State">What the next event is folded into; kept for deleted ones too. Empty when read by anything but <see cref="IReadModelStore.FindAllAsync"/>.</param>
public sealed record ReadModel(
    string Type, string Id, long Version, bool Deleted, long CreatedMs, long UpdatedMs, byte[] Data, IReadOnlyDictionary<string, string> Fields,
    byte[] State)
{
    /// <summary>Numbers by which it is queried: whole ones, money in cents. A name is one of <see cref="QueryField"/>'s.</summary>
    public IReadOnlyDictionary<string, long> Numbers { get; init; } = System.Collections.Frozen.FrozenDictionary<string, long>.Empty;
}

/// <param name="Filters">Exact matches on <see cref="ReadModel.Fields"/>.</param>
/// <param name="Text">Full-text search over name and e-mail; null for none.</param>
public sealed record ReadModelQuery(
    string Type, IReadOnlyDictionary<string, string> Filters, string? Text, int Limit, string? Cursor, int Offset, bool Ascending, bool WithTotal);

/// <param name="Type">One of <see cref="ReadModelTypes"/>; so for <see cref="GroupQuery"/>.</param>
public sealed record SpecificationQuery(string Type, Specification Where, IReadOnlyList<Ordering> OrderBy, int Limit, int Offset);

public sealed record GroupQuery(string Type, Specification Where, IReadOnlyList<QueryField> By, IReadOnlyList<QueryField> Sums, int Limit);

/// <summary>What became of it, as told by <c>CommandCompleted</c>; may arrive before the row it belongs to.</summary>
public sealed record CommandOutcomeRow(Guid Id, CommandState State, int Attempts, long StartedMs, long CompletedMs, string? Code, string? Message);

/// <param name="State">The list knows ends alone: Queued are those without one, Scheduled those of them that wait for a time of their own and are not among Queued, Running all without one.</param>
public sealed record CommandQuery(
    string? Type, string? Kind, CommandState? State, string? Key, string? UserId, string? CorrelationId, string? Code, long? FromMs, long? ToMs,
    string? Text, int Limit, string? Cursor, int Offset)
{
    /// <summary>Counts them (<see cref="ListTotal"/>).</summary>
    public bool WithTotal { get; init; }

    /// <summary>The door by which they came; null for any.</summary>
    public string? Door { get; init; }

    /// <summary>The cursor too goes the other way then.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Leaves out what the platform sends to itself: one of <see cref="OwnTypes"/> that came by one of <see cref="OwnDoors"/>.</summary>
    public bool WithoutOwn { get; init; }

    /// <summary>Commands that no caller can send; some of them are made by doors, for somebody.</summary>
    public static IReadOnlyList<string> OwnTypes { get; } = [.. CommandCatalog.All.Where(info => info.IsInternal).Select(info => info.Name)];

    /// <summary>Ways by which no caller comes.</summary>
    public static IReadOnlyList<string> OwnDoors { get; } = ["internal", "effect", "timer", "saga", "schedule"];
}

/// <param name="Total">Null where it was not asked for.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long? Total)
{
    /// <summary>The total is not counted to its end.</summary>
    public bool IsEstimate { get; init; }

    public Page<T> With(ListTotal? total) => this with { Total = total?.Count, IsEstimate = total?.IsEstimate ?? false };
}
