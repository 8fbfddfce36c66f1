using Workers.Engine.Metrics;
using Workers.MySql.Connections;

namespace Workers.MySql.Metrics;

/// <summary>Figures of commands by grain, time and type.</summary>
internal static class MetricsTable
{
    private const string Columns = $"type, kind, at_s, {FiguresColumns.Names}, queue_times, run_times";
    private const string Insert = $"INSERT INTO command_metrics({Columns}, grain)";

    private static readonly string Replace = "ON DUPLICATE KEY UPDATE " + string.Join(
        ", ", $"{FiguresColumns.Names}, queue_times, run_times".Split(", ").Select(name => $"{name} = VALUES({name})"));

    public static void Begin(Session session, long nowMs) =>
        session["UPDATE command_metrics_state SET began = ? WHERE id = 1 AND began = 0"].Add(nowMs).Run();

    /// <summary>
    /// When it was last reset. Who writes figures holds this from here to the end of the transaction: processes write one after the other, so that none of them waits for
    /// rows of another in a circle, and a reset sees all or nothing of each.
    /// </summary>
    public static long Hold(Session session) => session["SELECT reset_at FROM command_metrics_state WHERE id = 1 FOR UPDATE"].Read(row => row.Int64(0))[0];

    /// <summary>Adds these figures, a row each, to what is there, in few statements. It must be held.</summary>
    public static void Add(Session session, IReadOnlyList<(Grain Grain, MetricsRow Row)> added)
    {
        foreach (var same in added.GroupBy(one => (one.Grain, one.Row.Type), one => one.Row))
        {
            var rows = same.ToDictionary(row => row.At);
            session.InLists(
                $"SELECT {Columns} FROM command_metrics WHERE grain = ? AND type = ? AND at_s IN (", [.. rows.Keys],
                v => v.Add((long)same.Key.Grain).Add(same.Key.Type), (v, at) => v.Add(at),
                s => s.Read(Read).ForEach(known => rows[known.At].Figures.Merge(known.Figures)));
        }

        var all = added.Select(one => (one.Grain, one.Row, Queue: one.Row.Figures.Queue.ToBytes(), Run: one.Row.Figures.Run.ToBytes())).ToList();
        session.Insert(Insert, FiguresColumns.Count + 6, Replace, all, null, one => one.Queue.Length + one.Run.Length + 256, (v, one) =>
        {
            v.Add(one.Row.Type).Add(one.Row.Kind).Add(one.Row.At);
            foreach (var number in FiguresColumns.Of(one.Row.Figures))
            {
                v.Add(number);
            }

            v.Add(one.Queue).Add(one.Run).Add((long)one.Grain);
        });
    }

    /// <summary>What was counted up to now is left behind.</summary>
    public static void Reset(Session session, long atMs)
    {
        session["DELETE FROM command_metrics WHERE grain = ?"].Add((long)Grain.Baseline).Run();
        session[$"{Insert} SELECT {Columns}, ? FROM command_metrics WHERE grain = ?"]
            .Add((long)Grain.Baseline).Add((long)Grain.Total).Run();
        session["UPDATE command_metrics_state SET reset_at = GREATEST(reset_at, ?) WHERE id = 1"].Add(atMs).Run();
    }

    public static void Told(Session session, long minute) =>
        session["UPDATE command_metrics_state SET told = GREATEST(told, ?) WHERE id = 1"].Add(minute).Run();

    public static MetricsState State(Session session) => session["SELECT began, reset_at, told FROM command_metrics_state WHERE id = 1"]
        .Read(row => new MetricsState(row.Int64(0), row.Int64(1), row.Int64(2)))[0];

    /// <summary>Totals and their baselines, of one moment.</summary>
    public static List<(long Grain, MetricsRow Row)> Totals(Session session) => session[$"SELECT {Columns}, grain FROM command_metrics WHERE grain IN (-1, 0)"]
        .Read(row => (row.Int64(FiguresColumns.Count + 5), Read(row)));

    public static List<MetricsRow> Range(Session session, Grain grain, long from, long to, string? kind, string? type)
    {
        var where = "grain = ? AND at_s >= ? AND at_s < ?" + (kind is null ? "" : " AND kind = ?") + (type is null ? "" : " AND type = ?");
        var rows = session[$"SELECT {Columns} FROM command_metrics WHERE {where} ORDER BY at_s, type"].Add((long)grain).Add(from).Add(to);
        rows = kind is null ? rows : rows.Add(kind);
        return (type is null ? rows : rows.Add(type)).Read(Read);
    }

    public static int Trim(Session session, Grain grain, long before, int limit) =>
        session["DELETE FROM command_metrics WHERE grain = ? AND at_s < ? ORDER BY at_s LIMIT ?"].Add((long)grain).Add(before).Add(limit).Run();

    private static MetricsRow Read(Row row) => new(
        row.Text(0), row.Text(1), row.Int64(2), FiguresColumns.Read(row.Int64, 3, row.Bytes(3 + FiguresColumns.Count), row.Bytes(4 + FiguresColumns.Count)));
}
