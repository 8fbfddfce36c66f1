using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;

namespace Workers.MongoDb.ReadModels;

/// <summary>Read models and the list of commands in MongoDB.</summary>
internal sealed class MongoReadModelStore(MongoThreads writes, MongoThreads reads) : IReadModelStore
{
    // Since the list was cut last; of the one thread that writes.
    private long _listed;

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        writes.Run(client => Positions.Take(client, group, partition), cancellation);

    public Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, ReadModelBatch batch, CancellationToken cancellation) =>
        writes.Run(client => Positions.Flush(client, positions, () => Bound(client, batch)), cancellation);

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

    public async ValueTask<Page<CommandRow>> ListCommandsAsync(CommandQuery query, CancellationToken cancellation)
    {
        var (found, total) = await reads.Run(
            client => (CommandTable.List(client, query), query.WithTotal ? CommandTable.Count(client, query) : (ListTotal?)null), cancellation);
        return Documents.Page(found, query.Limit, last => Documents.Id(last.Id)).With(total);
    }

    /// <summary>Each part may be repeated, alone or with the others, and changes nothing then.</summary>
    internal static void Write(MongoClient client, ReadModelBatch batch)
    {
        CommandTable.Forget(client, batch.ForgottenCommands);
        ModelTable.Write(client, batch.Models);
        CommandTable.Write(client, batch.Commands);
        CommandTable.Write(client, batch.Commands.Select(c => c.Outcome).OfType<CommandOutcomeRow>().Concat(batch.Outcomes));
        EventList.Write(client, batch.Events);
        SavedModels.Write(client, batch.Saved);
        if (batch is { Rebuilt: true, Models.Count: > 0 })
        {
            SavedModels.Restore(client, batch.Models);
        }

        if (batch.ClearCommandsBefore > 0)
        {
            CommandTable.Clear(client, batch.ClearCommandsBefore);
        }
    }

    private void Bound(MongoClient client, ReadModelBatch batch)
    {
        Write(client, batch);
        _listed += batch.Events.Count;
        if (batch.KeepEvents > 0 && _listed >= batch.KeepEvents)
        {
            EventList.Keep(client, batch.KeepEvents);
            _listed = 0;
        }
    }
}
