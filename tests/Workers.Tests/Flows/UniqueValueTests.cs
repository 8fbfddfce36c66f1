using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;

namespace Workers.Tests.Flows;

/// <summary>Values that one owner may have, changed several times before anything is written.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UniqueValueTests : IAsyncDisposable
{
    private readonly FlowEngine _engine = new();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Test]
    public void What_is_given_up_and_taken_back_in_one_batch_is_still_ones_own()
    {
        _engine.Run(new CreateProduct { ProductId = "p", Name = "A product", Price = 1, Sku = "A" });

        _engine.RunAtOnce(new UpdateProduct { ProductId = "p", Sku = "B" }, new UpdateProduct { ProductId = "p", Sku = "A" });

        (_engine.Store.FindUnique("sku", "A"), _engine.Store.FindUnique("sku", "B")).ShouldBe(("p", null));
    }
}
