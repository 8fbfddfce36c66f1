using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.MongoDb;

/// <summary>
/// How far each group has read each partition, a document each. There are no transactions: a batch is written first, each of its writes harmless when
/// repeated, and only then are positions moved, each by a compare-and-set on turn and epoch. What a crash or a lost partition leaves between the two
/// is written again by who reads on from the position that stands.
/// </summary>
internal static class Positions
{
    private const string Collection = "positions";

    private enum Standing
    {
        /// <summary>Each is where its move expects it, or moved by it already.</summary>
        Ready,

        /// <summary>Each was moved by these very moves, whose answer was lost.</summary>
        Done,

        /// <summary>One of them was moved by another.</summary>
        Moved,
    }

    /// <summary>As <see cref="Engine.Projections.IReadModelStore.TakeAsync"/> promises it.</summary>
    public static PositionRow Take(MongoClient client, string group, PartitionId partition)
    {
        while (true)
        {
            var before = client.Command(new JsonObject
            {
                ["findAndModify"] = Collection,
                ["query"] = new JsonObject { ["_id"] = Key(group, partition) },
                ["update"] = new JsonObject { ["$inc"] = new JsonObject { ["epoch"] = 1 }, ["$set"] = new JsonObject { ["clean"] = false } },
            }).GetProperty("value");
            if (before.ValueKind == JsonValueKind.Object)
            {
                var row = Read(before);
                return row with { Epoch = row.Epoch + 1 };
            }

            var first = new PositionRow(0, 0, 1, true, 0, -1, 0);
            if (client.Write(Collection, [MongoWrite.Insert(New(group, partition, first))]).Duplicates.Count == 0)
            {
                return first;
            }
        }
    }

    public static PositionRow? Find(MongoClient client, string group, PartitionId partition) =>
        Rows(client, [Key(group, partition)]).Values.FirstOrDefault();

    public static List<(string Group, PartitionId Partition, PositionRow Row)> All(MongoClient client) =>
        [.. client.Find(Collection, [], primary: true).Select(d => (d.Text("group"), new PartitionId(d.Text("topic"), (int)d.Int64("part")), Read(d)))];

    public static bool Set(MongoClient client, string group, PartitionId partition, long offset) => client.Write(Collection,
    [
        MongoWrite.Update(new JsonObject { ["_id"] = Key(group, partition) }, new JsonObject
        {
            ["$set"] = new JsonObject { ["off"] = offset, ["probe_off"] = -1L, ["probe_starts"] = 0 },
            ["$inc"] = new JsonObject { ["turn"] = 1 },
        }),
    ]).Matched == 1;

    /// <summary>Writes a batch where no position was moved by another, then moves them. What is written must be harmless when written again.</summary>
    public static FlushResult Flush(MongoClient client, IReadOnlyList<PositionMove> moves, Action write)
    {
        switch (Look(client, moves))
        {
            case Standing.Moved:
                return FlushResult.Moved;
            case Standing.Done:
                return FlushResult.Committed;
        }

        write();

        // Where one is moved by another meanwhile, some may be moved all the same: rightly so, what they stand for is written.
        var moved = client.Write(Collection, [.. moves.Select(Write)]).Matched;
        return moved == moves.Count || Look(client, moves) == Standing.Done ? FlushResult.Committed : FlushResult.Moved;
    }

    private static Standing Look(MongoClient client, IReadOnlyList<PositionMove> moves)
    {
        if (moves.Count == 0)
        {
            return Standing.Ready;
        }

        var rows = Rows(client, moves.Select(Key));
        var done = 0;
        foreach (var move in moves)
        {
            var row = rows.GetValueOrDefault(Key(move));
            if (row is not null && row.Epoch == move.Epoch && row.Turn == move.Turn + 1 && row.Offset == move.Offset)
            {
                done++;
            }
            else if (row is null || row.Epoch != move.Epoch || row.Turn != move.Turn)
            {
                return Standing.Moved;
            }
        }

        return done == moves.Count ? Standing.Done : Standing.Ready;
    }

    private static MongoWrite Write(PositionMove move) => MongoWrite.Update(
        new JsonObject { ["_id"] = Key(move), ["turn"] = move.Turn, ["epoch"] = move.Epoch },
        new JsonObject
        {
            ["$set"] = new JsonObject
            {
                ["off"] = move.Offset,
                ["turn"] = move.Turn + 1,
                ["out_seq"] = move.OutSeq,
                ["probe_off"] = move.ProbeOffset,
                ["probe_starts"] = move.ProbeStarts,
            },
        });

    private static Dictionary<string, PositionRow> Rows(MongoClient client, IEnumerable<string> keys) =>
        client.Find(Collection, new JsonObject { ["_id"] = Documents.In(keys) }, primary: true).ToDictionary(d => d.Text("_id"), Read);

    private static JsonObject New(string group, PartitionId partition, PositionRow row) => new()
    {
        ["_id"] = Key(group, partition),
        ["group"] = group,
        ["topic"] = partition.Topic,
        ["part"] = partition.Number,
        ["off"] = row.Offset,
        ["turn"] = row.Turn,
        ["epoch"] = row.Epoch,

        // True only in what the first taker is told: from then on somebody has it.
        ["clean"] = false,
        ["out_seq"] = row.OutSeq,
        ["probe_off"] = row.ProbeOffset,
        ["probe_starts"] = row.ProbeStarts,
    };

    private static PositionRow Read(JsonElement row) => new(
        row.Int64("off"), row.Int64("turn"), row.Int64("epoch"), row.GetProperty("clean").GetBoolean(), row.Int64("out_seq"), row.Int64("probe_off"),
        (int)row.Int64("probe_starts"));

    private static string Key(PositionMove move) => Key(move.Group, move.Partition);

    private static string Key(string group, PartitionId partition) => $"{group}/{partition.Topic}/{partition.Number}";
}
