using NUnit.Framework;
using Workers.Conformance.Log;
using Workers.Conformance.Metrics;
using Workers.Conformance.Projections;
using Workers.Conformance.Store;

namespace Workers.Conformance.Sqlite;

[TestFixture]
internal sealed class SqliteLogTests : LogConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteStateStoreTests : StateStoreConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteOutcomesTests : OutcomesConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteOutcomeRetentionTests : OutcomeRetentionConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteWaitingRowsTests : WaitingRowsConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteOutboxTests : OutboxConformance
{
    protected override Stores Make() => new SqliteStores(options => options with { KeepsOutbox = true });
}

[TestFixture]
internal sealed class SqliteReadModelTests : ReadModelConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteAuditTests : AuditConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteWorkerStoreTests : WorkerStoreConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteControlTests : ControlConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteSpecificationTests : SpecificationConformance
{
    protected override Stores Make() => new SqliteStores();
}

[TestFixture]
internal sealed class SqliteCqrsTests : CqrsConformance
{
    protected override Stores Make() => new SqliteStores();
}

// With the log in the same file its topics grow too: the whole program shows that.
[TestFixture]
internal sealed class SqliteGrowthTests : PartitionGrowthConformance
{
    protected override Stores Make() => new SqliteStores(options => options with { KeepsOutbox = true });
}

[TestFixture]
internal sealed class SqliteMetricsTests : MetricsConformance
{
    protected override Stores Make() => new SqliteStores();
}
