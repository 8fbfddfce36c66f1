using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Projections;
using Workers.Sqlite;

namespace Workers.Tests.Projections;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RebuildTests : IDisposable
{
    private static readonly PartitionId Partition = new(Topics.Commands, 0);
    private readonly string _directory = Directory.CreateTempSubdirectory("workers-rebuild-").FullName;
    private readonly SqliteDatabase _database;
    private readonly MemoryReadModels _models = new();

    public RebuildTests() => _database = SqliteDatabase.Open(
        new SqliteOptions { Path = Path.Combine(_directory, "workers.db") }, TimeProvider.System, NullLogger.Instance);

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task Every_model_is_made_anew_from_its_events_alone_and_a_newer_one_stays()
    {
        await Store(
            ("p1", [new ProductCreated { ProductId = "p1", Name = "Mug", Price = 4, Stock = 1 }, .. Enumerable.Range(2, 1_500).Select(Stocked)]),
            ("p2", [new ProductCreated { ProductId = "p2", Name = "Cup", Price = 4, Stock = 1 }]));
        var newer = new ReadModel(ReadModelTypes.Product, "p2", 7, false, 1, 1, [1], new Dictionary<string, string>(), []);
        await _models.ApplyAsync([], new ReadModelBatch { Models = { newer } }, CancellationToken.None);

        var written = await new ProjectionRebuild(_database.State, _models, new SensitiveMask([])).RunAsync(CancellationToken.None);

        written.ShouldBe(2);
        _models[ReadModelTypes.Product, "p1"]!.Version.ShouldBe(1_501);
        _models[ReadModelTypes.Product, "p1"]!.Data.Text().ShouldContain("\"stock\":1501");
        _models[ReadModelTypes.Product, "p2"].ShouldBeSameAs(newer);
    }

    private async Task Store(params (string Id, IReadOnlyList<IDomainEvent> Events)[] products)
    {
        var row = await _database.State.TakeAsync("commands", Partition, CancellationToken.None);
        var flush = new Flush { Position = new PositionMove("commands", Partition, 1, row.Turn, row.Epoch) };
        foreach (var (id, events) in products)
        {
            var (key, tail) = (new StateKey(Product.Kind, id), new StreamTail(0));
            var version = 0;
            foreach (var happened in events)
            {
                var info = EventCatalog.Of(happened);
                flush.Events.Add(new EventWrite(key, tail, ++version, info.Name, 1, Records.Now, Guid.NewGuid(), info.ToBytes(happened)));
            }

            flush.States.Add(new StateWrite(key, 0, version, "{}"u8.ToArray(), null, Records.Now, tail));
        }

        (await _database.State.FlushAsync(flush)).ShouldBe(FlushResult.Committed);
    }

    private static StockAdjusted Stocked(int stock) =>
        new() { ProductId = "p1", Action = StockAction.Set, Quantity = stock, Stock = stock, Reserved = 0 };
}
