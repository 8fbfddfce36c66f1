using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.MongoDb;
using Workers.MongoDb.ReadModels;

namespace Workers.Conformance.MongoDb;

[TestFixture]
internal sealed class MongoReadModelTests
{
    private const string Group = "projections";
    private static readonly CancellationToken None = CancellationToken.None;

    private MongoStores _stores = null!;

    private IReadModelStore Store => _stores.ReadModels;

    [SetUp]
    public void Open() => _stores = new MongoStores();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task The_newest_version_stays_when_two_workers_write_in_any_order()
    {
        const int Versions = 12;
        using var other = _stores.Open();
        var orders = new[] { Enumerable.Range(1, Versions), Enumerable.Range(1, Versions).Reverse() };

        await Task.WhenAll(orders.Zip([Store, other.ReadModels]).Select(async pair =>
        {
            foreach (var version in pair.First)
            {
                (await pair.Second.ApplyAsync([], Batch([Model("a", version), Model("b", version)]), None)).ShouldBe(FlushResult.Committed);
            }
        }));

        (await Store.FindAllAsync("user", ["a", "b"], None)).ShouldAllBe(m => m.Version == Versions && Sample.Text(m.Data) == $$"""{"version":{{Versions}}}""");
    }

    [Test]
    public async Task A_save_that_others_have_passed_overwrites_nothing_also_where_all_was_deleted_since()
    {
        using var late = _stores.Open();
        await Save(Store, Saved("second", 8, partition: 1), Saved("second", 8, partition: 1) with { Id = "b" });
        await Save(late.ReadModels, Saved("first", 7, partition: 1));
        (await Found("a")).ShouldBe("second");

        await Save(Store, Saved("", 9, partition: 1) with { Deleted = true });
        await Save(late.ReadModels, Saved("second", 8, partition: 1));
        (await Found("a")).ShouldBeNull();

        // The partitions grew.
        await Save(Store, Saved("third", 12, partition: 3, offset: 0));
        await Save(late.ReadModels, Saved("second", 8, partition: 1), Saved("first", 7, partition: 1) with { Id = "b" });
        (await Found("a")).ShouldBe("third");
        (await Found("b")).ShouldBe("second");
    }

    [Test]
    public async Task A_batch_of_hundreds_of_changes_is_written_whole_and_an_older_one_changes_nothing()
    {
        const int Models = 230;
        var ids = Enumerable.Range(0, Models).Select(n => $"m{n}").ToList();
        foreach (var version in new[] { 1, 3, 2 })
        {
            (await Store.ApplyAsync([], Batch([.. ids.Select(id => Model(id, version))]), None)).ShouldBe(FlushResult.Committed);
        }

        var found = await Store.FindAllAsync("user", ids, None);
        found.Count.ShouldBe(Models);
        found.ShouldAllBe(m => m.Version == 3);
    }

    [Test]
    public async Task A_batch_interrupted_before_its_position_moved_is_repeated_without_a_trace()
    {
        var command = new CommandRow(
            Sample.Id(), null, "CreateUser", "user", "a", "caller", "execute", Sample.Ms(0), null, null, null, null, null, "{}"u8.ToArray());
        var outcome = new CommandOutcomeRow(command.Id, CommandState.Failed, 1, Sample.Ms(0), Sample.Ms(1), "NO", null);
        var batch = Batch([Model("a", 1), Model("a", 2), Model("b", 1)]);
        batch.Commands.Add(command);
        batch.Outcomes.Add(outcome);
        var row = await Store.TakeAsync(Group, Sample.Commands0, None);
        _stores.Run(client =>
        {
            MongoReadModelStore.Write(client, batch);
            return true;
        });

        _stores.Reopen();
        row = await Store.TakeAsync(Group, Sample.Commands0, None);
        row.ShouldBe(new PositionRow(0, 0, row.Epoch, false, 0, -1, 0));
        (await Store.ApplyAsync([new PositionMove(Group, Sample.Commands0, 5, row.Turn, row.Epoch)], batch, None)).ShouldBe(FlushResult.Committed);

        (await Store.FindAllAsync("user", ["a", "b"], None)).Select(m => (m.Id, m.Version)).ShouldBe([("a", 2), ("b", 1)], ignoreOrder: true);
        (await Store.FindCommandAsync(command.Id, None))!.Outcome.ShouldBe(outcome);
        (await _stores.PositionAsync(Group, Sample.Commands0))!.Offset.ShouldBe(5);
    }

    [Test]
    public async Task Where_one_of_two_positions_is_lost_while_the_batch_is_written_it_is_repeated_from_the_other()
    {
        var other = new Engine.Log.PartitionId(Contracts.Topics.Events, 1);
        var row = await Store.TakeAsync(Group, Sample.Commands0, None);
        var lost = await Store.TakeAsync(Group, other, None);
        PositionMove[] moves = [new(Group, Sample.Commands0, 3, row.Turn, row.Epoch), new(Group, other, 4, lost.Turn, lost.Epoch)];

        var result = _stores.Run(client => Positions.Flush(client, moves, () => Positions.Take(client, Group, other)));

        result.ShouldBe(FlushResult.Moved);
        (await Store.TakeAsync(Group, Sample.Commands0, None)).Offset.ShouldBe(3);
        (await Store.TakeAsync(Group, other, None)).Offset.ShouldBe(0);
    }

    [Test]
    public async Task Data_state_and_fields_are_read_back_as_they_were()
    {
        byte[] data = [.. "{\"total\":1.10,\"cents\":9007199254740993,\"text\":\"\\u0000 é \u2028 😀\"}"u8];
        byte[] state = [0, 1, 0xff, 0xfe];
        var fields = new Dictionary<string, string> { ["a.b"] = "x=y", ["$where"] = "$ne", ["status"] = "{\"$gt\":\"\"}", ["name"] = "Łukasz Ångström" };
        var model = Model("a/b", 1) with { Data = data, State = state, Fields = fields };
        await Store.ApplyAsync([], Batch([model]), None);

        var read = (await Store.FindAllAsync("user", ["a/b"], None)).Single();
        (read.Data.SequenceEqual(data), read.State.SequenceEqual(state)).ShouldBe((true, true));
        read.Fields.ShouldBe(fields, ignoreOrder: true);
        (await Find(fields, null)).ShouldBe(["a/b"]);
        (await Find([], "angstr")).ShouldBe(["a/b"]);
        (await Find(new() { ["status"] = "" }, null)).ShouldBeEmpty();
        (await Find([], ".*")).ShouldBeEmpty();
    }

    private static ReadModel Model(string id, long version) => new(
        "user", id, version, false, Sample.Ms(0), Sample.Ms(0), Encoding.UTF8.GetBytes($$"""{"version":{{version}}}"""), new Dictionary<string, string>(), []);

    private static ReadModelBatch Batch(IEnumerable<ReadModel> models)
    {
        var batch = new ReadModelBatch();
        batch.Models.AddRange(models);
        return batch;
    }

    private static SavedModel Saved(string text, int seconds, int partition, long? offset = null) =>
        new("user", "a", 1, false, Sample.Ms(seconds), Sample.Ms(seconds), Encoding.UTF8.GetBytes(text)) { Place = (partition, offset ?? seconds) };

    private static async Task Save(IReadModelStore store, params SavedModel[] models)
    {
        var batch = Batch([]);
        batch.Saved.AddRange(models);
        (await store.ApplyAsync([], batch, None)).ShouldBe(FlushResult.Committed);
    }

    private async Task<string?> Found(string id) =>
        (await _stores.Cqrs.FindSavedAsync("user", [id], None)).SingleOrDefault() is { } found ? Sample.Text(found.Data) : null;

    private async Task<IEnumerable<string>> Find(Dictionary<string, string> filters, string? text) =>
        (await Store.ListAsync(new ReadModelQuery("user", filters, text, 5, null, 0, false, false), None)).Items.Select(m => m.Id);
}
