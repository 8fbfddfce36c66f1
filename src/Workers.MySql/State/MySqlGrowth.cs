using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>More partitions for what the database keeps. Each call has a connection of its own, since they are far apart.</summary>
internal sealed class MySqlGrowth(Server server) : IPartitionGrowth
{
    private const int Page = 1_000;
    private static readonly string Keyed = string.Join(',', Topics.Keyed.Select(topic => $"'{topic}'"));

    // Without a right to see others' sessions, the server shows those of this account: the workers'.
    public Task<IReadOnlyList<string>> OthersAsync(CancellationToken cancellation) => Ask<IReadOnlyList<string>>(session =>
        session["""
            SELECT CONCAT(SUBSTRING_INDEX(host, ':', 1), ' (', COUNT(*), ')') FROM information_schema.processlist
            WHERE db = DATABASE() AND user = SUBSTRING_INDEX(USER(), '@', 1) AND id <> CONNECTION_ID() GROUP BY SUBSTRING_INDEX(host, ':', 1)
            """].Read(row => row.Text(0)));

    public Task<Growth?> BegunAsync(CancellationToken cancellation) =>
        Ask(session => GrowthRows.ReadBegun(ControlTable.Find(session, GrowthRows.Begun.Kind, GrowthRows.Begun.Name)));

    public Task<int?> CountAsync(CancellationToken cancellation) =>
        Ask(session => GrowthRows.ReadCount(ControlTable.Find(session, GrowthRows.Count.Kind, GrowthRows.Count.Name)));

    public Task NoteAsync(int count, long atMs, CancellationToken cancellation) => Transact(session => ControlTable.Write(session, [.. GrowthRows.Note(count, atMs)], []));

    public Task<long> OutboxAsync(CancellationToken cancellation) => Ask(session => session["SELECT COUNT(*) FROM outbox"].Read(row => row.Int64(0))[0]);

    public Task FenceAsync(CancellationToken cancellation) =>
        Transact(session => session[$"UPDATE positions SET epoch = epoch + 1 WHERE topic IN ({Keyed})"].Run());

    public Task BeginAsync(Growth growth, CancellationToken cancellation) => Transact(session => ControlTable.Write(session, [.. GrowthRows.Begin(growth)], []));

    public Task WithdrawAsync(Growth growth, CancellationToken cancellation) => Transact(session => ControlTable.Write(session, [.. GrowthRows.Withdraw(growth)], []));

    public Task CompleteAsync(Growth growth, CancellationToken cancellation) => Transact(session =>
    {
        MoveParked(session, growth.To);
        MoveTimers(session, growth.To);
        return ControlTable.Write(
            session, [.. GrowthRows.Complete(growth, ControlTable.Find(session, GrowthRows.History.Kind, GrowthRows.History.Name))], []);
    });

    private static void MoveParked(Session session, int partitions)
    {
        // A partition's rows page by page: they may be large.
        var places = new List<ParkedPlace>();
        var owners = session[$"SELECT DISTINCT grp, topic, part FROM parked WHERE topic IN ({Keyed})"].Read(r => (r.Text(0), new PartitionId(r.Text(1), r.Int32(2))));
        foreach (var (group, partition) in owners)
        {
            var after = long.MinValue;
            while (ParkedTable.Of(session, group, partition, after, Page) is { Count: > 0 } rows)
            {
                places.AddRange(rows.Select(row => new ParkedPlace(group, partition, row.Order, row.Record.Key)));
                after = rows[^1].Order;
            }
        }

        foreach (var (from, partition, order) in ParkedMoves.Of(places, partitions))
        {
            session["UPDATE parked SET part = ?, ord = ? WHERE grp = ? AND topic = ? AND part = ? AND ord = ?"]
                .Add(partition).Add(order).Of(from.Group, from.Partition).Add(from.Order).Run();
        }
    }

    private static void MoveTimers(Session session, int partitions)
    {
        var moves = session[$"SELECT token, part, rkey FROM timers WHERE topic IN ({Keyed})"].Read(r => (Token: r.Guid(0), From: r.Int32(1), To: Murmur2.Partition(r.Utf8(2), partitions)));
        foreach (var move in moves.Where(m => m.From != m.To).GroupBy(m => m.To, m => m.Token))
        {
            session.InLists("UPDATE timers SET part = ? WHERE token IN (", move.ToList(), v => v.Add(move.Key), (v, token) => v.Add(token));
        }
    }

    private Task<T> Transact<T>(Func<Session, T> work) => OnLane(session => session.Transact(s => (work(s), "")));

    private Task<T> Ask<T>(Func<Session, T> read) => OnLane(session => session.Ask(read));

    private async Task<T> OnLane<T>(Func<Session, T> run)
    {
        using var lane = new Lane(new Session(server, writes: true), "mysql partitions");
        return await lane.Enqueue(run).ConfigureAwait(false);
    }
}
