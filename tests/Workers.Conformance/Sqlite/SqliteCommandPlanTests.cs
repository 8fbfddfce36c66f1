using NUnit.Framework;
using Shouldly;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite;
using Workers.Sqlite.Native;
using Workers.Sqlite.ReadModels;

namespace Workers.Conformance.Sqlite;

/// <summary>Commands that failed in one way are counted by an index alone, in each state: the console does so for every state at once, however many there are.</summary>
[TestFixture]
internal sealed class SqliteCommandPlanTests
{
    [TestCase(null)]
    [TestCase(CommandState.Failed)]
    [TestCase(CommandState.Succeeded)]
    [TestCase(CommandState.Cancelled)]
    [TestCase(CommandState.DeadLettered)]
    public void Those_of_one_error_code_are_counted_without_a_look_at_the_commands(CommandState? state)
    {
        using var stores = new SqliteStores();
        stores.Close();
        using var connection = Connection.OpenWriter(SqliteFile.ReadsOf(stores.File));
        var query = new CommandQuery(null, null, state, null, null, null, "INSUFFICIENT_STOCK", null, null, null, 50, null, 0) { WithoutOwn = true };
        var where = new CommandTable(connection).Counted(query).Add(CommandTable.Listed(query));

        var plan = new List<string>();
        var rows = where.AddTo(connection["EXPLAIN QUERY PLAN " + Counting.Sql("commands", where)]).Add(1);
        while (rows.Step())
        {
            plan.Add(rows.Text(3));
        }

        plan.ShouldContain(step => step.Contains("USING COVERING INDEX commands_code"), string.Join("; ", plan));
    }
}
