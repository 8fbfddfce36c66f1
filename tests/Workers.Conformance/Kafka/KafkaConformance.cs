using NUnit.Framework;
using Workers.Conformance.Log;

namespace Workers.Conformance.Kafka;

[TestFixture]
internal sealed class KafkaLogTests : LogConformance
{
    protected override Stores Make() => new KafkaStores();
}
