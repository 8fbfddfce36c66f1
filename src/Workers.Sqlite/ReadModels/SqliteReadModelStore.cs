using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.ReadModels;

/// <summary>Read models and the list of commands in the embedded file.</summary>
internal sealed class SqliteReadModelStore(Writer writer, Readers readers, TimeSpan queryLimit) : IReadModelStore
{
    private const int ClearedAtOnce = 1_000;

    public Task<PositionRow> TakeAsync(string group, PartitionId partition, CancellationToken cancellation) =>
        writer.Enqueue(context => context.Positions.Take(group, partition));

    public async Task<FlushResult> ApplyAsync(IReadOnlyList<PositionMove> positions, ReadModelBatch batch, CancellationToken cancellation)
    {
        // Millions may go: in steps, so that others write in between, and before the position moves, so that who is interrupted goes on. The batch's own go with it.
        while (batch.ClearCommandsBefore > 0
            && await writer.Enqueue(context => context.Commands.Clear(batch.ClearCommandsBefore, ClearedAtOnce)).ConfigureAwait(false) == ClearedAtOnce)
        {
        }

        return await writer.Enqueue(new ReadModelJob(positions, batch)).ConfigureAwait(false);
    }

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
        var (found, total) = Query(connection =>
        {
            var table = new ModelTable(connection);
            return (table.List(query), query.WithTotal ? table.Count(query) : (long?)null);
        });
        return ValueTask.FromResult(Page(found, query.Limit, last => ListCursor.Write(last.CreatedMs, last.Id), total));
    }

    public ValueTask<IReadOnlyList<ReadModel>> FindAsync(SpecificationQuery query, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<ReadModel>>(Query(connection => ModelQueries.Find(connection, query)));

    public ValueTask<IReadOnlyList<SpecificationGroup>> GroupAsync(GroupQuery query, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<SpecificationGroup>>(Query(connection => ModelQueries.Group(connection, query)));

    public ValueTask<CommandRow?> FindCommandAsync(Guid id, CancellationToken cancellation) =>
        ValueTask.FromResult(readers.Read(connection => new CommandTable(connection).Find(id)));

    public ValueTask<IReadOnlyList<CommandRow>> FindByCallerIdAsync(string callerId, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<CommandRow>>(readers.Read(connection => new CommandTable(connection).FindByCallerId(callerId)));

    public ValueTask<Page<CommandRow>> ListCommandsAsync(CommandQuery query, CancellationToken cancellation)
    {
        var (found, total) = Query(connection =>
        {
            var table = new CommandTable(connection);
            return (table.List(query), query.WithTotal ? table.Count(query) : (ListTotal?)null);
        });
        return ValueTask.FromResult(Page(found, query.Limit, last => last.Id.ToString(), null).With(total));
    }

    private T Query<T>(Func<Connection, T> read) => readers.Read(connection => connection.Within(queryLimit, read));

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
