using NUnit.Framework;
using Workers.Conformance.Metrics;
using Workers.Conformance.Store;

namespace Workers.Conformance.MySql;

[TestFixture, NeedsMySql]
internal sealed class MySqlStateStoreTests : StateStoreConformance
{
    protected override Stores Make() => new MySqlStores();
}

[TestFixture, NeedsMySql]
internal sealed class MySqlOutcomesTests : OutcomesConformance
{
    protected override Stores Make() => new MySqlStores();
}

[TestFixture, NeedsMySql]
internal sealed class MySqlOutcomeRetentionTests : OutcomeRetentionConformance
{
    protected override Stores Make() => new MySqlStores();
}

[TestFixture, NeedsMySql]
internal sealed class MySqlWaitingRowsTests : WaitingRowsConformance
{
    protected override Stores Make() => new MySqlStores();
}

[TestFixture, NeedsMySql]
internal sealed class MySqlOutboxTests : OutboxConformance
{
    protected override Stores Make() => new MySqlStores();
}

// Small flushes written as large ones are: statement by statement.
[TestFixture, NeedsMySql]
internal sealed class MySqlStatementStateStoreTests : StateStoreConformance
{
    protected override Stores Make() => new MySqlStores(options => options with { TextRows = 0 });
}

[TestFixture, NeedsMySql]
internal sealed class MySqlStatementOutcomesTests : OutcomesConformance
{
    protected override Stores Make() => new MySqlStores(options => options with { TextRows = 0 });
}

[TestFixture, NeedsMySql]
internal sealed class MySqlStatementWaitingRowsTests : WaitingRowsConformance
{
    protected override Stores Make() => new MySqlStores(options => options with { TextRows = 0 });
}

[TestFixture, NeedsMySql]
internal sealed class MySqlStatementOutboxTests : OutboxConformance
{
    protected override Stores Make() => new MySqlStores(options => options with { TextRows = 0 });
}

[TestFixture, NeedsMySql]
internal sealed class MySqlWorkerStoreTests : WorkerStoreConformance
{
    protected override Stores Make() => new MySqlStores();
}

[TestFixture, NeedsMySql]
internal sealed class MySqlControlTests : ControlConformance
{
    protected override Stores Make() => new MySqlStores();
}

[TestFixture, NeedsMySql]
internal sealed class MySqlStatementControlTests : ControlConformance
{
    protected override Stores Make() => new MySqlStores(options => options with { TextRows = 0 });
}

[TestFixture, NeedsMySql]
internal sealed class MySqlGrowthTests : PartitionGrowthConformance
{
    protected override Stores Make() => new MySqlStores();
}

[TestFixture, NeedsMySql]
internal sealed class MySqlMetricsTests : MetricsConformance
{
    protected override Stores Make() => new MySqlStores();
}
