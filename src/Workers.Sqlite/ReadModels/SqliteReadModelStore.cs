using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.ReadModels;

/// <summary>Read models and the list of commands in the embedded file.</summary>
internal sealed class SqliteReadModelStore(Writer writer, Readers readers) : IReadModelStore
{
    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        writer.Enqueue(context => context.Positions.Take(group, partition));

    public Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, ReadModelBatch batch, CancellationToken cancellation) =>
        writer.Enqueue(new ReadModelJob(positions, batch));

    public ValueTask<ReadModel?> FindAsync(string type, string id, CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => new ModelTable(connection).Find(type, id)));

    public ValueTask<IReadOnlyList<ReadModel>> FindAllAsync(string type, IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<ReadModel>>(readers.Read(connection => connection.Together(() =>
        {
            var table = new ModelTable(connection);
            return ids.Select(id => table.Find(type, id, withState: true)).OfType<ReadModel>().ToList();
        })));

    public ValueTask<Page<ReadModel>> ListAsync(ReadModelQuery query, CancellationToken cancellation)
    {
        var (found, total) = readers.Read(connection =>
        {
            var table = new ModelTable(connection);
            return (table.List(query), query.WithTotal ? table.Count(query) : (long?)null);
        });
        return ValueTask.FromResult(Page(found, query.Limit, last => ListCursor.Write(last.CreatedMs, last.Id), total));
    }

    public ValueTask<IReadOnlyList<ReadModel>> FindAsync(SpecificationQuery query, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<ReadModel>>(readers.Read(connection => ModelQueries.Find(connection, query)));

    public ValueTask<IReadOnlyList<SpecificationGroup>> GroupAsync(GroupQuery query, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<SpecificationGroup>>(readers.Read(connection => ModelQueries.Group(connection, query)));

    public ValueTask<CommandRow?> FindCommandAsync(Guid id, CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => new CommandTable(connection).Find(id)));

    public ValueTask<IReadOnlyList<CommandRow>> FindByCallerIdAsync(string callerId, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<CommandRow>>(readers.Read(connection => new CommandTable(connection).FindByCallerId(callerId)));

    public ValueTask<Page<CommandRow>> ListCommandsAsync(CommandQuery query, CancellationToken cancellation)
    {
        var found = readers.Read(connection => new CommandTable(connection).List(query));
        return ValueTask.FromResult(Page(found, query.Limit, last => last.Id.ToString(), null));
    }

    // One more than asked for was read: it only tells that there is more.
    private static Page<T> Page<T>(List<T> found, int limit, Func<T, string> cursor, long? total)
    {
        if (found.Count <= limit)
        {
            return new Page<T>(found, null, total);
        }

        found.RemoveRange(limit, found.Count - limit);
        return new Page<T>(found, limit == 0 ? null : cursor(found[^1]), total);
    }
}
