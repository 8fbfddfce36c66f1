using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;
using Workers.Sqlite.State;

namespace Workers.Sqlite;

/// <summary>The positions of all groups, whichever file they stand in.</summary>
internal sealed class Positions(Readers main, Readers reads)
{
    public List<(string Group, PartitionId Partition, PositionRow Row)> All() => [.. OfState(), .. OfReads()];

    public List<(string Group, PartitionId Partition, PositionRow Row)> OfState() => main.Read(connection => new PositionTable(connection).All());

    public List<(string Group, PartitionId Partition, PositionRow Row)> OfReads() => reads.Read(connection => new PositionTable(connection).All());

    public PositionRow? Find(string group, PartitionId partition) =>
        main.Read(connection => new PositionTable(connection).Find(group, partition)) ?? reads.Read(connection => new PositionTable(connection).Find(group, partition));

    /// <summary>Read models of a later moment than the log they were made of would pass over records that get the same places again.</summary>
    public static void CheckTogether(DatabaseFile main, DatabaseFile reads)
    {
        var row = main.Connection["SELECT max(coalesce((SELECT max(seq) FROM log), 0) + 1, (SELECT next FROM log_state))"];
        row.Step();
        var next = row.Int64(0);
        row.Reset();
        if (new PositionTable(reads.Connection).All().Exists(p => p.Row.Offset > next))
        {
            throw new StoreOpenException(
                $"{reads.Path} is of a later moment than {main.Path}; put back the one of the same backup, or move it away: it is made anew from the log.");
        }
    }
}
