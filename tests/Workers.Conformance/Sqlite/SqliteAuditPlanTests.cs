using NUnit.Framework;
using Shouldly;
using Workers.Engine.Projections;
using Workers.Sqlite;
using Workers.Sqlite.Audit;
using Workers.Sqlite.Native;

namespace Workers.Conformance.Sqlite;

/// <summary>What is asked of the trail is looked up, however many other entries there are.</summary>
[TestFixture]
internal sealed class SqliteAuditPlanTests
{
    private static readonly AuditQuery All = new(null, null, null, null, null, null, null, null, 50, null);

    private static IEnumerable<TestCaseData> Queries()
    {
        yield return new TestCaseData(All, "audit_newest");
        yield return new TestCaseData(All with { Type = "KeyRevoked" }, "audit_type");
        yield return new TestCaseData(All with { Kind = "system" }, "audit_kind");
        yield return new TestCaseData(All with { EntityType = "access" }, "audit_entity_type");
        yield return new TestCaseData(All with { EntityId = "o1" }, "audit_key");
        yield return new TestCaseData(All with { UserId = "ada" }, "audit_user");
        yield return new TestCaseData(All with { CommandId = Guid.Empty }, "audit_command");
        yield return new TestCaseData(All with { EntityType = "order", EntityId = "o1" }, "audit_key");
        yield return new TestCaseData(All with { UserId = "ada", Type = "CreateOrder", Kind = "order" }, "audit_user");
        yield return new TestCaseData(All with { Type = "CreateOrder", FromMs = 1, ToMs = 2, OldestFirst = true }, "audit_type");
    }

    [TestCaseSource(nameof(Queries))]
    public void A_query_uses_the_index_of_what_tells_most(AuditQuery query, string index)
    {
        using var stores = new SqliteStores();
        stores.Close();
        using var connection = Connection.OpenWriter(SqliteFile.ReadsOf(stores.File));
        foreach (var place in new (long, Guid)?[] { null, (1, Guid.Empty) })
        {
            var (sql, where) = AuditTable.Select(query, place);

            var plan = new List<string>();
            var rows = where.AddTo(connection["EXPLAIN QUERY PLAN " + sql]).Add(1);
            while (rows.Step())
            {
                plan.Add(rows.Text(3));
            }

            (plan[0] + " ").ShouldContain($"USING INDEX {index} ", customMessage: string.Join("; ", plan));
            plan.ShouldAllBe(step => !step.Contains("USE TEMP B-TREE FOR ORDER BY"));
        }
    }
}
