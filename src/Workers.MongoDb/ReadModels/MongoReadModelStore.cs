using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;

namespace Workers.MongoDb.ReadModels;

/// <summary>Read models and the list of commands in MongoDB.</summary>
internal sealed class MongoReadModelStore(MongoThreads writes, MongoThreads reads) : IReadModelStore
{
    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        writes.Run(client => Positions.Take(client, group, partition), cancellation);

    public Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, ReadModelBatch batch, CancellationToken cancellation) =>
        writes.Run(client => Positions.Flush(client, positions, () => Write(client, batch)), cancellation);

    public async ValueTask<ReadModel?> FindAsync(string type, string id, CancellationToken cancellation) =>
        await reads.Run(client => ModelTable.Find(client, type, id), cancellation);

    public async ValueTask<IReadOnlyList<ReadModel>> FindAllAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        await reads.Run(client => ModelTable.FindAll(client, type, ids), cancellation);

    public async ValueTask<Page<ReadModel>> ListAsync(ReadModelQuery query, CancellationToken cancellation)
    {
        var (found, total) = await reads.Run(
            client => (ModelTable.List(client, query), query.WithTotal ? ModelTable.Count(client, query) : (long?)null), cancellation);
        return Documents.Page(found, query.Limit, last => ListCursor.Write(last.CreatedMs, last.Id), total);
    }

    public async ValueTask<IReadOnlyList<ReadModel>> FindAsync(SpecificationQuery query, CancellationToken cancellation) =>
        await reads.Run(client => ModelQueries.Find(client, query), cancellation);

    public async ValueTask<IReadOnlyList<SpecificationGroup>> GroupAsync(GroupQuery query, CancellationToken cancellation) =>
        await reads.Run(client => ModelQueries.Group(client, query), cancellation);

    public async ValueTask<CommandRow?> FindCommandAsync(Guid id, CancellationToken cancellation) =>
        await reads.Run(client => CommandTable.Find(client, id), cancellation);

    public async ValueTask<IReadOnlyList<CommandRow>> FindByCallerIdAsync(string callerId, CancellationToken cancellation) =>
        await reads.Run(client => CommandTable.FindByCallerId(client, callerId), cancellation);

    public async ValueTask<Page<CommandRow>> ListCommandsAsync(CommandQuery query, CancellationToken cancellation) => Documents.Page(
        await reads.Run(client => CommandTable.List(client, query), cancellation),
        query.Limit,
        last => Documents.Id(last.Id));

    /// <summary>Each part may be repeated, alone or with the others, and changes nothing then.</summary>
    internal static void Write(MongoClient client, ReadModelBatch batch)
    {
        ModelTable.Write(client, batch.Models);
        CommandTable.Write(client, batch.Commands);
        CommandTable.Write(client, batch.Commands.Select(c => c.Outcome).OfType<CommandOutcomeRow>().Concat(batch.Outcomes));
    }
}
