using NUnit.Framework;
using Workers.Conformance.Projections;

namespace Workers.Conformance.MongoDb;

[TestFixture]
internal sealed class MongoReadModelConformance : ReadModelConformance
{
    protected override Stores Make() => new MongoStores();
}

[TestFixture]
internal sealed class MongoAuditConformance : AuditConformance
{
    protected override Stores Make() => new MongoStores();
}

[TestFixture]
internal sealed class MongoSpecificationTests : SpecificationConformance
{
    protected override Stores Make() => new MongoStores();
}

[TestFixture]
internal sealed class MongoCqrsTests : CqrsConformance
{
    protected override Stores Make() => new MongoStores();
}
