using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.State;

/// <summary>More partitions for what the embedded file keeps.</summary>
/// <param name="hasLog">The log is in the same file.</param>
internal sealed class SqliteGrowth(Writer writer, bool hasLog) : IPartitionGrowth
{
    private static readonly string Keyed = string.Join(',', Topics.Keyed.Select(topic => $"'{topic}'"));

    public Task<IReadOnlyList<string>> OthersAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task<Growth?> BegunAsync(CancellationToken cancellation) =>
        writer.Enqueue(context => GrowthRows.ReadBegun(context.Control.Find(GrowthRows.Begun.Kind, GrowthRows.Begun.Name)));

    public Task<int?> CountAsync(CancellationToken cancellation) =>
        writer.Enqueue(context => GrowthRows.ReadCount(context.Control.Find(GrowthRows.Count.Kind, GrowthRows.Count.Name)));

    public Task NoteAsync(int count, long atMs, CancellationToken cancellation) => WriteAsync(_ => GrowthRows.Note(count, atMs));

    public Task<long> OutboxAsync(CancellationToken cancellation) => writer.Enqueue(context => context.Connection["SELECT count(*) FROM outbox"].RunReturning());

    public Task FenceAsync(CancellationToken cancellation) => writer.Enqueue(context =>
        context.Connection[$"UPDATE positions SET epoch = epoch + 1 WHERE topic IN ({Keyed})"].RunCounting());

    public Task BeginAsync(Growth growth, CancellationToken cancellation) => WriteAsync(_ => GrowthRows.Begin(growth));

    public Task WithdrawAsync(Growth growth, CancellationToken cancellation) => WriteAsync(_ => GrowthRows.Withdraw(growth));

    public Task CompleteAsync(Growth growth, CancellationToken cancellation) => WriteAsync(context =>
    {
        MoveParked(context.Connection, growth.To);
        MoveTimers(context.Connection, growth.To);
        if (hasLog)
        {
            context.Connection[$"UPDATE topics SET partitions = ? WHERE name IN ({Keyed})"].Add(growth.To).Run();
        }

        return GrowthRows.Complete(growth, context.Control.Find(GrowthRows.History.Kind, GrowthRows.History.Name));
    });

    private Task WriteAsync(Func<WriteContext, IReadOnlyList<ControlWrite>> work) => writer.Enqueue(context =>
    {
        context.Write(work(context));
        return true;
    });

    private static void MoveParked(Connection connection, int partitions)
    {
        var places = new List<ParkedPlace>();
        var rows = connection[$"SELECT grp, topic, part, ord, record FROM parked WHERE topic IN ({Keyed})"];
        while (rows.Step())
        {
            places.Add(new ParkedPlace(rows.Text(0), new PartitionId(rows.Text(1), rows.Int32(2)), rows.Int64(3), RecordCodec.ReadWhere(rows.Bytes(4)).Key));
        }

        foreach (var (from, partition, order) in ParkedMoves.Of(places, partitions))
        {
            connection["UPDATE parked SET part = ?, ord = ? WHERE grp = ? AND topic = ? AND part = ? AND ord = ?"]
                .Add(partition).Add(order).Add(from.Group).Add(from.Partition.Topic).Add(from.Partition.Number).Add(from.Order).Run();
        }
    }

    private static void MoveTimers(Connection connection, int partitions)
    {
        var moves = new List<(Guid Token, int Partition)>();
        var rows = connection[$"SELECT token, part, key FROM timers WHERE topic IN ({Keyed})"];
        while (rows.Step())
        {
            if (Murmur2.Partition(rows.Text(2), partitions) is var partition && partition != rows.Int32(1))
            {
                moves.Add((rows.Guid(0), partition));
            }
        }

        foreach (var (token, partition) in moves)
        {
            connection["UPDATE timers SET part = ? WHERE token = ?"].Add(partition).Add(token).Run();
        }
    }
}
