using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Tests.Time;

namespace Workers.Tests.Follow;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FollowerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly MemoryLog _log = new();
    private readonly Collected _store = new();
    private readonly List<Follower> _followers = [];

    public void Dispose() => _followers.ForEach(f =>
    {
        f.Stop(Patience).ShouldBeTrue();
        f.Dispose();
    });

    [Test]
    public async Task Records_of_all_topics_and_partitions_are_written_once_and_in_the_order_of_their_keys()
    {
        for (var i = 0; i < 500; i++)
        {
            Append($"k{i % 20}", i % 2 == 0 ? Topics.Commands : Topics.Events);
        }

        Start();
        await _store.Until(500);
        Append("last");
        await _store.Until(501);

        _store.Written.Select(r => r.Id).Distinct().Count().ShouldBe(501);
        _store.Written.GroupBy(r => r.Where).ShouldAllBe(p => p.Select(r => r.Offset).SequenceEqual(p.Select(r => r.Offset).Order()));
    }

    [Test]
    public async Task A_record_that_cannot_be_read_is_passed_over_and_counted()
    {
        Append("a");
        Append("bad");
        Append("b");

        var follower = Start();
        await _store.Until(2);

        _store.Keys.ShouldBe(["a", "b"], ignoreOrder: true);
        follower.Skipped.ShouldBe(1);
    }

    [Test]
    public async Task A_record_that_the_store_never_takes_is_passed_over_and_all_others_are_written_once()
    {
        Append("a");
        Append("poison");
        Append("b");
        Append("c");

        var follower = Start();
        await _store.Until(3);
        await _store.Positions.Until(() => follower.Skipped == 1);

        _store.Keys.ShouldBe(["a", "b", "c"], ignoreOrder: true);
    }

    [TestCase(typeof(StoreUnavailableException))]
    [TestCase(typeof(SomeDriverException))]
    public async Task A_store_that_is_away_loses_no_record_however_long_it_takes(Type error)
    {
        var failures = 10;
        _store.Positions.BeforeCommit = () =>
        {
            if (failures-- > 0)
            {
                throw error == typeof(SomeDriverException) ? new SomeDriverException() : new StoreUnavailableException("away");
            }
        };
        Append("a");

        var follower = Start();
        await _store.Until(1);

        follower.Skipped.ShouldBe(0);
        _store.Keys.ShouldBe(["a"]);

        // Who left its group for it would make the group's others wait.
        (_log.Opened == 1).ShouldBe(error == typeof(StoreUnavailableException));
    }

    [Test]
    public async Task A_commit_whose_answer_was_lost_is_not_written_again()
    {
        var lost = 0;
        _store.Positions.AfterCommit = () =>
        {
            if (lost++ == 0)
            {
                throw new TimeoutException();
            }
        };
        Append("a");

        Start();
        await _store.Until(1);
        Append("b");
        await _store.Until(2);

        _store.Keys.ShouldBe(["a", "b"]);
    }

    [Test]
    public async Task A_restart_goes_on_where_it_stopped()
    {
        Append("a");
        var first = Start();
        await _store.Until(1);
        first.Stop(Patience).ShouldBeTrue();
        Append("b");

        Start();
        await _store.Until(2);

        _store.Keys.ShouldBe(["a", "b"]);
    }

    [Test]
    public async Task A_position_that_somebody_else_has_taken_is_taken_back_and_nothing_is_written_twice()
    {
        Append("a");
        Start();
        await _store.Until(1);

        foreach (var partition in Partitions())
        {
            _store.Positions.Take(partition);
        }

        Append("b");
        await _store.Until(2);

        _store.Keys.ShouldBe(["a", "b"]);
        Partitions().ShouldAllBe(p => _store.Positions[p].Epoch == 3);
    }

    [Test]
    public async Task A_record_that_lies_where_its_key_does_not_belong_is_left_to_its_copy()
    {
        var wrong = (Murmur2.Partition("moved", 4) + 1) % 4;
        _log.Append(Record("moved", Topics.Commands), wrong);
        Append("moved");

        var follower = Start();
        await _store.Until(1);
        await _store.Positions.Until(() => _store.Positions[new PartitionId(Topics.Commands, wrong)].Offset > 0);

        _store.Written.ShouldHaveSingleItem().Partition.ShouldNotBe(wrong);
        follower.Skipped.ShouldBe(0);
    }

    [Test]
    public async Task The_position_of_an_idle_partition_moves_on_now_and_then()
    {
        Start(new FollowOptions { IdleAdvance = 50, Linger = TimeSpan.Zero });
        for (var i = 0; i < 100; i++)
        {
            Append("same");
        }

        await _store.Until(100);
        await _store.Positions.Until(() => Partitions().All(p => _store.Positions[p].Offset >= 50));
        _store.Keys.Distinct().ShouldBe(["same"]);
    }

    [Test]
    public async Task Lag_counts_what_is_not_written_yet()
    {
        using var gate = new ManualResetEventSlim();
        _store.Positions.BeforeCommit = () => gate.Wait(Patience);
        Append("a");
        Append("b");
        var follower = Start();

        (await follower.LagAsync(CancellationToken.None)).ShouldBeGreaterThan(0);
        gate.Set();
        await _store.Until(2);
        follower.Stop(Patience).ShouldBeTrue();

        (await follower.LagAsync(CancellationToken.None)).ShouldBe(0);
        follower.IsReady.ShouldBeTrue();
        follower.Applied.ShouldBe(2);
    }

    [Test]
    public async Task Stopping_does_not_wait_for_company_and_writes_what_was_in_hand()
    {
        var follower = Start(new FollowOptions { Linger = TimeSpan.FromHours(1), Busy = TimeSpan.FromHours(1) });
        Append("a");
        await _store.Until(1);
        Append("b");

        follower.Stop(Patience).ShouldBeTrue();
        Start();
        await _store.Until(2);

        _store.Keys.ShouldBe(["a", "b"]);
    }

    [Test]
    public async Task After_much_it_waits_for_more_and_stopping_does_not_wait_for_that()
    {
        // Its clock stands, so that what is appended stays young.
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var waiting = Start(new FollowOptions { FewRecords = 1, Pace = TimeSpan.FromHours(1) }, clock);
        AppendNow("a");
        await _store.Until(1);
        AppendNow("b");

        // Another group, which does not wait, reads all of it meanwhile.
        var others = new Collected();
        Start(new FollowOptions { Linger = TimeSpan.Zero }, store: others);
        await others.Until(2);

        waiting.Stop(Patience).ShouldBeTrue();
        waiting.Applied.ShouldBe(1);
        Start();
        await _store.Until(2);
        _store.Keys.ShouldBe(["a", "b"]);
    }

    [Test]
    public async Task A_partition_of_which_more_waits_than_is_read_at_once_is_not_taken_for_read()
    {
        for (var i = 0; i < 2_500; i++)
        {
            AppendNow("same");
        }

        Start(new FollowOptions { FewRecords = 1, Pace = TimeSpan.FromHours(1) }, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));

        await _store.Until(2_500);
    }

    [Test]
    public async Task What_it_is_behind_with_it_does_not_wait_with()
    {
        foreach (var key in (string[])["a", "b", "c", "d", "e"])
        {
            AppendNow(key);
        }

        Start(new FollowOptions { BatchRecords = 2, FewRecords = 1, Pace = TimeSpan.FromHours(1) });

        await _store.Until(5);
        _store.Keys.Order().ShouldBe(["a", "b", "c", "d", "e"]);
    }

    [Test]
    public async Task With_old_records_it_does_not_wait_for_more()
    {
        Start(new FollowOptions { FewRecords = 1, Linger = TimeSpan.Zero, Pace = TimeSpan.FromHours(1) });
        Append("a");
        await _store.Until(1);
        Append("b");

        await _store.Until(2);
        _store.Keys.ShouldBe(["a", "b"]);
    }

    [Test]
    public async Task What_came_during_a_commit_is_one_batch()
    {
        using var began = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        _store.Positions.BeforeCommit = () =>
        {
            began.Set();
            gate.Wait(Patience);
        };
        Append("first");
        Start();
        began.Wait(Patience).ShouldBeTrue();
        for (var i = 0; i < 300; i++)
        {
            Append($"k{i}");
        }

        gate.Set();
        await _store.Until(301);

        _store.Positions.Commits.ShouldBe(2);
    }

    private Follower Start(FollowOptions? options = null, TimeProvider? clock = null, Collected? store = null)
    {
        options ??= new FollowOptions { Linger = TimeSpan.Zero };
        var follower = new Follower(
            new FollowGroup("test", [Topics.Commands, Topics.Events], new Collector(store ?? _store)), _log, clock ?? TimeProvider.System, NullLogger<Follower>.Instance,
            options with { Backoff = TimeSpan.FromMilliseconds(1), LongestBackoff = TimeSpan.FromMilliseconds(1) });
        _followers.Add(follower);
        follower.Start();
        return follower;
    }

    private static IEnumerable<PartitionId> Partitions() =>
        Enumerable.Range(0, 4).SelectMany(n => new[] { new PartitionId(Topics.Commands, n), new PartitionId(Topics.Events, n) });

    private void AppendNow(string key) => _log.AppendAsync(
        Record(key, Topics.Commands, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()), CancellationToken.None);

    private void Append(string key, string topic = Topics.Commands) => _log.AppendAsync(Record(key, topic), CancellationToken.None);

    private static LogRecord Record(string key, string topic, long timestampMs = 1) => new() { Id = Guid.NewGuid(), Topic = topic, Key = key, TimestampMs = timestampMs };

    private sealed class SomeDriverException : Exception;
}
