using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Store;

namespace Workers.Conformance.Metrics;

/// <summary>What every store of figures must do.</summary>
public abstract class MetricsConformance
{
    private const string Group = "metrics";
    private const long Noon = 1_772_366_400;
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly PartitionId Events0 = new(Topics.Events, 0);
    private static readonly PartitionId Events1 = new(Topics.Events, 1);

    private readonly Dictionary<PartitionId, PositionRow> _taken = [];
    private Stores _stores = null!;

    private IMetricsStore Store => _stores.Metrics;

    protected abstract Stores Make();

    [SetUp]
    public void Open()
    {
        _stores = Make();
        _taken.Clear();
    }

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task Figures_of_a_minute_are_added_to_it_to_its_hour_and_to_the_total()
    {
        await Apply(Minute("CreateUser", Noon, 2, 5), Minute("CreateUser", Noon + 60, 8), Minute("CreateOrder", Noon + 3_600, 1));
        await Apply(Minute("CreateUser", Noon, 100));

        var minutes = await Range(Grain.Minute);
        minutes.Select(row => (row.At, row.Type, row.Figures.Succeeded)).ShouldBe(
            [(Noon, "CreateUser", 3), (Noon + 60, "CreateUser", 1), (Noon + 3_600, "CreateOrder", 1)]);
        (await Range(Grain.Hour)).Select(row => (row.At, row.Type, row.Figures.Succeeded)).ShouldBe([(Noon, "CreateUser", 4), (Noon + 3_600, "CreateOrder", 1)]);
        var total = (await Store.SinceResetAsync(None)).Single(row => row.Type == "CreateUser");
        (total.Kind, total.Figures.Total, total.Figures.RunUs).ShouldBe(("user", 4, 115_000));
        (total.Figures.Run.Quantile(0.5), total.Figures.Run.Quantile(1)).ShouldBe((Middle(5), Middle(100)));
        total.Figures.Queue.Quantile(1).ShouldBe(Middle(1));
    }

    [Test]
    public async Task Nothing_is_added_where_a_position_has_moved()
    {
        await Apply(Minute("CreateUser", Noon, 1));
        var moves = Moves();

        (await Store.ApplyAsync([moves[0] with { Turn = 7 }, moves[1]], Batch(Minute("CreateUser", Noon, 1)), None)).ShouldBe(FlushResult.Moved);
        (await Store.ApplyAsync([moves[0], moves[1] with { Epoch = 7 }], Batch(Minute("CreateUser", Noon, 1)), None)).ShouldBe(FlushResult.Moved);

        (await Store.SinceResetAsync(None)).ShouldHaveSingleItem().Figures.Total.ShouldBe(1);
        (await Store.ApplyAsync(moves, Batch(), None)).ShouldBe(FlushResult.Committed);
    }

    [Test]
    public async Task A_reset_leaves_behind_what_was_counted_and_what_comes_late()
    {
        await Apply(Minute("CreateUser", Noon, 1, 2));
        var batch = Batch(Minute("CreateUser", Noon + 120, 64), Minute("CreateUser", Noon, 3));
        batch.ResetMs = (Noon + 60) * 1_000;
        await Apply(batch);
        await Apply(Minute("CreateOrder", Noon, 3));
        _stores.Reopen();

        var since = (await Store.SinceResetAsync(None)).ToDictionary(row => row.Type, row => row.Figures);
        (since["CreateUser"].Total, since["CreateUser"].RunUs, since["CreateUser"].Run.Quantile(0.5)).ShouldBe((1, 64_000, Middle(64)));
        (since["CreateOrder"].Total, since["CreateOrder"].Run.IsEmpty).ShouldBe((0, true));
        (await Range(Grain.Minute)).Sum().Total.ShouldBe(5);
        (await Store.StateAsync(None)).ShouldBe(new MetricsState(Sample.Ms(0), (Noon + 60) * 1_000, 0));
    }

    [Test]
    public async Task What_was_seen_of_a_shard_is_found_by_who_takes_the_partition_next()
    {
        var batch = Batch();
        batch.Seen.Add((Events0, new SeenShard("a", 7)));
        batch.Seen.Add((Events1, new SeenShard("a", 9)));
        await Apply(batch);
        var next = Batch();
        next.Seen.Add((Events0, new SeenShard("a", 8)));
        await Apply(next);

        (await Store.TakeAsync(Group, Events0, Sample.Ms(9), None)).Seen.ShouldBe([new SeenShard("a", 8)]);
        (await Store.TakeAsync(Group, Events1, Sample.Ms(9), None)).Seen.ShouldBe([new SeenShard("a", 9)]);
        (await Store.StateAsync(None)).BeganMs.ShouldBe(Sample.Ms(0));
    }

    [Test]
    public async Task Ranges_take_a_kind_or_a_type_and_old_rows_are_forgotten_but_for_the_total()
    {
        await Apply(Minute("CreateUser", Noon, 1), Minute("DeleteUser", Noon, 1), Minute("CreateOrder", Noon, 1), Minute("CreateUser", Noon + 60, 1));
        await Store.ToldAsync(Noon, None);

        (await Store.RangeAsync(Grain.Minute, Noon, Noon + 60, "user", null, None)).Select(row => row.Type).ShouldBe(["CreateUser", "DeleteUser"]);
        (await Store.RangeAsync(Grain.Minute, Noon, Noon + 120, null, "CreateUser", None)).Count.ShouldBe(2);

        (await Store.TrimAsync(Noon + 60, Noon, None)).ShouldBe(3);
        (await Range(Grain.Minute)).ShouldHaveSingleItem().At.ShouldBe(Noon + 60);
        (await Range(Grain.Hour)).Count.ShouldBe(3);
        (await Store.SinceResetAsync(None)).Sum().Total.ShouldBe(4);
        (await Store.StateAsync(None)).ToldMinute.ShouldBe(Noon);
    }

    [Test]
    public async Task Who_writes_at_once_loses_nothing_and_a_reset_of_one_is_every_others()
    {
        await Apply(Minute("CreateUser", Noon, 1));
        var others = Enumerable.Range(2, 4).Select(number => new PartitionId(Topics.Events, number)).ToList();

        await Task.WhenAll(others.Select(partition => Task.Run(async () =>
        {
            var (row, _) = await Store.TakeAsync(Group, partition, 1, None);
            for (var n = 0; n < 20; n++)
            {
                var move = new PositionMove(Group, partition, n + 1, row.Turn + n, row.Epoch);
                var batch = Batch(Minute("CreateUser", Noon, 1), Minute("CreateOrder", Noon, 2));
                batch.ResetMs = partition == others[0] && n == 0 ? (Noon + 60) * 1_000 : 0;
                (await Store.ApplyAsync([move], batch, None)).ShouldBe(FlushResult.Committed);
            }
        })));

        (await Range(Grain.Minute)).Select(row => row.Figures.Total).ShouldBe([80, 81]);
        (await Store.SinceResetAsync(None)).Sum().Total.ShouldBe(0);
        await Apply(Minute("CreateUser", Noon + 60, 1), Minute("CreateUser", Noon + 120, 1));
        (await Store.SinceResetAsync(None)).Sum().Total.ShouldBe(1);
    }

    private async Task Apply(params IEnumerable<CommandEnd>[] minutes) => await Apply(Batch(minutes));

    private async Task Apply(MetricsBatch batch)
    {
        foreach (var partition in new[] { Events0, Events1 }.Where(partition => !_taken.ContainsKey(partition)))
        {
            _taken[partition] = (await Store.TakeAsync(Group, partition, Sample.Ms(0), None)).Row;
        }

        (await Store.ApplyAsync(Moves(), batch, None)).ShouldBe(FlushResult.Committed);
        foreach (var partition in _taken.Keys.ToList())
        {
            _taken[partition] = _taken[partition] with { Turn = _taken[partition].Turn + 1 };
        }
    }

    private List<PositionMove> Moves() =>
        [.. new[] { Events0, Events1 }.Select(p => new PositionMove(Group, p, 0, _taken[p].Turn, _taken[p].Epoch))];

    private ValueTask<IReadOnlyList<MetricsRow>> Range(Grain grain) => Store.RangeAsync(grain, 0, Noon * 2, null, null, None);

    private static MetricsBatch Batch(params IEnumerable<CommandEnd>[] minutes)
    {
        var batch = new MetricsBatch();
        batch.Ends.AddRange(minutes.SelectMany(ends => ends));
        return batch;
    }

    /// <summary>Commands that succeeded in a minute and ran so many milliseconds each, after one in the queue.</summary>
    private static IEnumerable<CommandEnd> Minute(string type, long at, params long[] runMs) =>
        runMs.Select(ms => new CommandEnd(type, type.EndsWith("User", StringComparison.Ordinal) ? "user" : "order", CommandState.Succeeded, 1, at * 1_000, 1_000, ms * 1_000));

    private static long Middle(long ms)
    {
        var histogram = new Histogram();
        histogram.Add(ms * 1_000);
        return histogram.Quantile(1);
    }
}
