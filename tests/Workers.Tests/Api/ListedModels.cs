using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

/// <summary>Read models and an audit trail that remember what they were asked, and answer what the test has put there.</summary>
internal sealed class ListedModels : IReadModelStore, IAuditStore
{
    public List<CommandRow> Commands { get; } = [];

    /// <summary>Who asks for a command waits without end.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Commands cannot be asked for.</summary>
    public bool IsAway { get; set; }

    /// <summary>How often the list of commands was asked for.</summary>
    public int CommandQueries { get; private set; }

    public List<ReadModel> Models { get; } = [];

    public List<AuditEntry> Entries { get; } = [];

    public ReadModelQuery? Asked { get; private set; }

    public CommandQuery? AskedCommands { get; private set; }

    public AuditQuery? AskedAudit { get; private set; }

    public ValueTask<Page<ReadModel>> ListAsync(ReadModelQuery query, CancellationToken cancellation)
    {
        Asked = query;
        return new(new Page<ReadModel>(Models, Models.Count > 0 ? "next" : null, query.WithTotal ? Models.Count : null));
    }

    public ValueTask<IReadOnlyList<ReadModel>> FindAsync(SpecificationQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<SpecificationGroup>> GroupAsync(GroupQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public async ValueTask<CommandRow?> FindCommandAsync(Guid id, CancellationToken cancellation) =>
        await AskedAsync(cancellation) ? Commands.Find(row => row.Id == id) : null;

    public async ValueTask<IReadOnlyList<CommandRow>> FindByCallerIdAsync(string callerId, CancellationToken cancellation) => !await AskedAsync(cancellation) ? []
        : [.. Commands.Where(row => row.CallerId == callerId).OrderByDescending(row => row.SubmittedMs)];

    public ValueTask<Page<CommandRow>> ListCommandsAsync(CommandQuery query, CancellationToken cancellation)
    {
        AskedCommands = query;
        CommandQueries++;
        return new(new Page<CommandRow>(Commands, null, null));
    }

    private async ValueTask<bool> AskedAsync(CancellationToken cancellation)
    {
        if (IsSilent)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }

        return IsAway ? throw new StoreUnavailableException("no connection") : true;
    }

    public ValueTask<AuditEntry?> FindAsync(Guid id, CancellationToken cancellation) => new(Entries.Find(entry => entry.Id == id));

    public ValueTask<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellation)
    {
        AskedAudit = query;
        return new(new Page<AuditEntry>(Entries, null, null));
    }

    public ValueTask<ReadModel?> FindAsync(string type, string id, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ReadModel>> FindAllAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, ReadModelBatch batch, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<FlushResult> AppendAsync(IReadOnlyList<PositionMove> positions, IReadOnlyList<AuditEntry> entries, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<AuditVerification> VerifyAsync(AuditDays days, Action<long>? progress, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<AuditDay>> DaysAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<long> TrimAsync(int beforeDay, CancellationToken cancellation) => throw new NotSupportedException();

    Task<PositionRow> IReadModelStore.TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => throw new NotSupportedException();

    Task<PositionRow> IAuditStore.TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>Lists of document 001 that are empty.</summary>
internal sealed class EmptyLists : ICqrsStore
{
    public ValueTask<IReadOnlyList<SavedModel>> FindSavedAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation) => new([]);

    public ValueTask<IReadOnlyList<SavedModel>> ListSavedAsync(string type, int limit, (long CreatedMs, string Id)? after, CancellationToken cancellation) => new([]);

    public ValueTask<ListedEvent?> FindEventAsync(Guid id, CancellationToken cancellation) => new((ListedEvent?)null);

    public ValueTask<Page<ListedEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellation) => new(new Page<ListedEvent>([], null, null));

    public ValueTask<CqrsCounts> CountAsync(CancellationToken cancellation) => new(new CqrsCounts(0, 0, 0, 0, new Dictionary<string, long>()));

    public Task<CqrsRemoved> PruneAsync(CqrsLimits keep, CancellationToken cancellation) => Task.FromResult(new CqrsRemoved(0, 0, 0));
}
