using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Metrics;

/// <summary>Figures of commands by grain, time and type.</summary>
internal sealed class MetricsTable(Connection connection)
{
    private const string Columns = $"type, kind, at, {FiguresColumns.Names}, queue, run";

    private Statement One => field ??= connection.Prepare($"SELECT {Columns} FROM command_metrics WHERE grain = ? AND at = ? AND type = ?");

    private Statement Save => field ??= connection.Prepare(
        $"INSERT OR REPLACE INTO command_metrics({Columns}, grain) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    public void Begin(long nowMs) => connection["UPDATE command_metrics_state SET began = ? WHERE id = 1 AND began = 0"].Add(nowMs).Run();

    /// <summary>Adds these figures to a row.</summary>
    public void Add(Grain grain, MetricsRow added)
    {
        if (Find(grain, added.At, added.Type) is { } known)
        {
            added.Figures.Merge(known.Figures);
        }

        Write(grain, added);
    }

    /// <summary>What was counted up to now is left behind.</summary>
    public void Reset(long atMs)
    {
        foreach (var row in Of(Grain.Total))
        {
            Write(Grain.Baseline, row);
        }

        connection["UPDATE command_metrics_state SET reset_at = max(reset_at, ?) WHERE id = 1"].Add(atMs).Run();
    }

    public void Told(long minute) => connection["UPDATE command_metrics_state SET told = max(told, ?) WHERE id = 1"].Add(minute).Run();

    public MetricsState State()
    {
        var row = connection["SELECT began, reset_at, told FROM command_metrics_state WHERE id = 1"];
        row.Step();
        var state = new MetricsState(row.Int64(0), row.Int64(1), row.Int64(2));
        row.Reset();
        return state;
    }

    public List<MetricsRow> Of(Grain grain) => Read(connection[$"SELECT {Columns} FROM command_metrics WHERE grain = ? ORDER BY at, type"].Add((long)grain));

    public List<MetricsRow> Range(Grain grain, long from, long to, string? kind, string? type)
    {
        var where = new Conditions().Add("grain = ?", (long)grain).Add("at >= ?", from).Add("at < ?", to).Add("kind = ?", kind).Add("type = ?", type);
        return Read(where.AddTo(connection[$"SELECT {Columns} FROM command_metrics {where} ORDER BY at, type"]));
    }

    public int Trim(Grain grain, long before, int limit) => connection["""
        DELETE FROM command_metrics WHERE (grain, at, type) IN (SELECT grain, at, type FROM command_metrics WHERE grain = ? AND at < ? ORDER BY at LIMIT ?)
        """].Add((long)grain).Add(before).Add(limit).RunCounting();

    public List<SeenShard> Seen(string group, PartitionId partition)
    {
        var seen = new List<SeenShard>();
        var rows = connection["SELECT shard, seq FROM command_metrics_seen WHERE grp = ? AND topic = ? AND part = ?"].Add(group).Add(partition.Topic).Add(partition.Number);
        while (rows.Step())
        {
            seen.Add(new SeenShard(rows.Text(0), rows.Int64(1)));
        }

        return seen;
    }

    public void Write(string group, PartitionId partition, SeenShard shard) =>
        connection["INSERT OR REPLACE INTO command_metrics_seen(grp, topic, part, shard, seq) VALUES(?, ?, ?, ?, ?)"]
            .Add(group).Add(partition.Topic).Add(partition.Number).Add(shard.Shard).Add(shard.Seq).Run();

    private MetricsRow? Find(Grain grain, long at, string type)
    {
        var rows = One.Add((long)grain).Add(at).Add(type);
        if (!rows.Step())
        {
            return null;
        }

        var row = ReadOne(rows);
        rows.Reset();
        return row;
    }

    private void Write(Grain grain, MetricsRow row)
    {
        Save.Add(row.Type).Add(row.Kind).Add(row.At);
        foreach (var number in FiguresColumns.Of(row.Figures))
        {
            Save.Add(number);
        }

        Save.Add(row.Figures.Queue.ToBytes()).Add(row.Figures.Run.ToBytes()).Add((long)grain).Run();
    }

    private static List<MetricsRow> Read(Statement rows)
    {
        var found = new List<MetricsRow>();
        while (rows.Step())
        {
            found.Add(ReadOne(rows));
        }

        return found;
    }

    private static MetricsRow ReadOne(Statement row) => new(
        row.Text(0), row.Text(1), row.Int64(2), FiguresColumns.Read(row.Int64, 3, row.Array(3 + FiguresColumns.Count), row.Array(4 + FiguresColumns.Count)));
}
