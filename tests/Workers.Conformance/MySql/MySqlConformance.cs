using NUnit.Framework;
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
internal sealed class MySqlWaitingRowsTests : WaitingRowsConformance
{
    protected override Stores Make() => new MySqlStores();
}

[TestFixture, NeedsMySql]
internal sealed class MySqlOutboxTests : OutboxConformance
{
    protected override Stores Make() => new MySqlStores();
}
