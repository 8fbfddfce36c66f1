using Workers.Engine.Projections;

namespace Workers.MongoDb.ReadModels;

/// <summary>What the lists of document 001 show, in MongoDB.</summary>
internal sealed class MongoCqrsStore(MongoThreads writes, MongoThreads reads) : ICqrsStore
{
    public async ValueTask<IReadOnlyList<SavedModel>> FindSavedAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        await reads.Run(client => SavedModels.Find(client, type, ids), cancellation);

    public async ValueTask<IReadOnlyList<SavedModel>> ListSavedAsync(
        string type, int limit, (long CreatedMs, string Id)? after, CancellationToken cancellation) =>
        await reads.Run(client => SavedModels.List(client, type, limit, after), cancellation);

    public async ValueTask<ListedEvent?> FindEventAsync(Guid id, CancellationToken cancellation) =>
        await reads.Run(client => EventList.Find(client, id), cancellation);

    public async ValueTask<Page<ListedEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellation) => Documents.Page(
        await reads.Run(client => EventList.List(client, query), cancellation),
        query.Limit,
        last => ListCursor.Write(last.AtMs, Documents.Id(last.Id)));

    public async ValueTask<CqrsCounts> CountAsync(CancellationToken cancellation) => await reads.Run(
        client =>
        {
            var (all, succeeded, failed) = CommandTable.CountCqrs(client);
            return new CqrsCounts(all, succeeded, failed, EventList.Count(client), SavedModels.CountShown(client));
        },
        cancellation);

    public Task<CqrsRemoved> PruneAsync(CqrsLimits keep, CancellationToken cancellation) => writes.Run(
        client => new CqrsRemoved(CommandTable.KeepCqrs(client, keep.Commands), EventList.Keep(client, keep.Events), SavedModels.Keep(client, keep.ReadModels)),
        cancellation);
}
