using Workers.Engine.Projections;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.ReadModels;

/// <summary>What the lists of document 001 show, in the embedded file.</summary>
internal sealed class SqliteCqrsStore(Writer writer, Readers readers, TimeSpan queryLimit) : ICqrsStore
{
    public ValueTask<IReadOnlyList<SavedModel>> FindSavedAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<SavedModel>>(readers.Read(connection => connection.Together(() =>
        {
            var table = new SavedModelTable(connection);
            return ids.Select(id => table.Find(type, id)).OfType<SavedModel>().ToList();
        })));

    public ValueTask<IReadOnlyList<SavedModel>> ListSavedAsync(string type, int limit, (long CreatedMs, string Id)? after, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<SavedModel>>(Query(connection => new SavedModelTable(connection).List(type, limit, after)));

    public ValueTask<ListedEvent?> FindEventAsync(Guid id, CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => new EventList(connection).Find(id)));

    public ValueTask<Page<ListedEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellation)
    {
        var found = Query(connection => new EventList(connection).List(query));
        if (found.Count <= query.Limit)
        {
            return ValueTask.FromResult(new Page<ListedEvent>(found, null, null));
        }

        found.RemoveRange(query.Limit, found.Count - query.Limit);
        return ValueTask.FromResult(new Page<ListedEvent>(found, ListCursor.Write(found[^1].AtMs, found[^1].Id.ToString()), null));
    }

    public ValueTask<CqrsCounts> CountAsync(CancellationToken cancellation) => ValueTask.FromResult(Query(connection => connection.Together(() =>
    {
        var (all, succeeded, failed) = new CommandTable(connection).CountCqrs();
        return new CqrsCounts(all, succeeded, failed, new EventList(connection).Count(), new SavedModelTable(connection).CountShown());
    })));

    public Task<CqrsRemoved> PruneAsync(CqrsLimits keep, CancellationToken cancellation) => writer.Enqueue(context => new CqrsRemoved(
        context.Commands.KeepCqrs(keep.Commands), context.ListedEvents.Keep(keep.Events), context.SavedModels.Keep(keep.ReadModels)));

    private T Query<T>(Func<Connection, T> read) => readers.Read(connection => connection.Within(queryLimit, read));
}
