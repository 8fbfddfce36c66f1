using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

/// <summary>Read models and an audit trail that remember what they were asked, and answer what the test has put there.</summary>
internal sealed class ListedModels : IReadModelStore, IAuditStore
{
    public List<CommandRow> Commands { get; } = [];

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

    public ValueTask<CommandRow?> FindCommandAsync(Guid id, CancellationToken cancellation) => new(Commands.Find(row => row.Id == id));

    public ValueTask<IReadOnlyList<CommandRow>> FindByCallerIdAsync(string callerId, CancellationToken cancellation) =>
        new([.. Commands.Where(row => row.CallerId == callerId).OrderByDescending(row => row.SubmittedMs)]);

    public ValueTask<Page<CommandRow>> ListCommandsAsync(CommandQuery query, CancellationToken cancellation)
    {
        AskedCommands = query;
        return new(new Page<CommandRow>(Commands, null, null));
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

    public ValueTask<IReadOnlyList<AuditBreak>> VerifyAsync(CancellationToken cancellation) => throw new NotSupportedException();

    Task<PositionRow> IReadModelStore.TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => throw new NotSupportedException();

    Task<PositionRow> IAuditStore.TakeAsync(string group, PartitionId partition, CancellationToken cancellation) => throw new NotSupportedException();
}
