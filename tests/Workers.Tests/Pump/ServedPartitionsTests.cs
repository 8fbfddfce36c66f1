using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Pump;
using Workers.Engine.Store;
using Workers.Tests.Dispatch;
using Workers.Tests.Time;

namespace Workers.Tests.Pump;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ServedPartitionsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Signal _wake = new();
    private readonly Assigned _log = new();
    private readonly List<Partition> _made = [];
    private readonly ServedPartitions _served;
    private bool _away;

    public ServedPartitionsTests() => _served = new ServedPartitions(
        new PumpContext("commands", null!, new MemoryReader(), _wake, new PumpOptions(), _clock, NullLogger.Instance, "test", _ => { }), _log, Make);

    public void Dispose()
    {
        _served.Dispose();
        _wake.Dispose();
    }

    [Test]
    public void Nothing_is_served_before_the_log_has_said_what()
    {
        _served.Step(stopping: false);
        _served.IsReady.ShouldBeFalse();

        _log.Owned = [];
        _served.Step(stopping: false);

        _served.IsReady.ShouldBeTrue("who gets no partition is ready too");
        _served.Serving.ShouldBeEmpty();
    }

    [Test]
    public void New_partitions_are_taken_and_the_others_go_on_undisturbed()
    {
        _log.Owned = [Id(0)];
        _served.Step(stopping: false);
        _log.Owned = [Id(0), Id(1)];
        _served.Step(stopping: false);

        _made.Select(p => (p.Cursor.Partition.Number, p.Taken)).ShouldBe([(0, 1), (1, 1)]);
        _served.Cursors.Count.ShouldBe(2);
    }

    [Test]
    public void A_partition_that_goes_is_finished_and_released_before_the_log_is_told()
    {
        _log.Owned = [Id(0), Id(1)];
        _served.Step(stopping: false);
        var leaving = _made[0];
        leaving.Idle = false;
        _log.Owned = [Id(1)];

        _served.Step(stopping: false);

        _served.Cursors.ShouldNotContain(leaving.Cursor, "nothing more is read of it");
        leaving.Stopping.ShouldBeTrue();
        _log.Gone.ShouldBeEmpty();
        leaving.Idle = true;
        _served.Step(stopping: false);
        (leaving.Released, leaving.Disposed).ShouldBe((1, 1));
        _log.Gone.ShouldBe([Id(0)]);
    }

    [Test]
    public void A_partition_that_comes_back_while_it_leaves_is_taken_once_it_is_released()
    {
        _log.Owned = [Id(0)];
        _served.Step(stopping: false);
        _made[0].Idle = false;
        _log.Owned = [];
        _served.Step(stopping: false);
        _log.Owned = [Id(0)];
        _served.Step(stopping: false);
        _made.Count.ShouldBe(1);

        _made[0].Idle = true;
        _served.Step(stopping: false);
        _served.Step(stopping: false);

        _made.Count.ShouldBe(2);
        _made[0].Released.ShouldBe(1);
    }

    [Test]
    public void A_partition_that_another_worker_took_is_dropped_and_taken_again_only_if_it_stays_ours()
    {
        _log.Owned = [Id(0)];
        _served.Step(stopping: false);
        _made[0].Lost = true;
        _served.Step(stopping: false);
        (_made[0].Disposed, _made[0].Released, _made.Count).ShouldBe((1, 0, 1));

        _clock.Advance(TimeSpan.FromSeconds(11));
        _served.Step(stopping: false);

        _made.Count.ShouldBe(2);
    }

    [Test]
    public void A_partition_that_cannot_be_taken_while_the_store_is_away_stays_ours_and_is_taken_later()
    {
        _away = true;
        _log.Owned = [Id(0), Id(1)];
        _served.Step(stopping: false);
        (_made.Count, _made[0].Disposed, _served.Serving.Count, _served.IsReady).ShouldBe((1, 1, 0, false), "the second would wait for the store as well");

        _away = false;
        _served.Step(stopping: false);
        _served.Serving.ShouldBeEmpty("not at once");
        _clock.Advance(TimeSpan.FromSeconds(1));
        _served.Step(stopping: false);

        (_made.Count, _served.Serving.Count, _served.IsReady).ShouldBe((3, 2, true));
    }

    [Test]
    public void A_partition_that_goes_before_it_could_be_taken_is_not_waited_for()
    {
        _away = true;
        _log.Owned = [Id(0)];
        _served.Step(stopping: false);
        _log.Owned = [];
        _served.Step(stopping: false);

        _log.Gone.ShouldBe([Id(0)]);
    }

    private static PartitionId Id(int number) => new(Topics.Commands, number);

    private Partition Make(PartitionId id)
    {
        _made.Add(new Partition(id, _away));
        return _made[^1];
    }

    private sealed class Assigned : ILogReader
    {
        public IReadOnlyList<PartitionId>? Owned { get; set; }

        public List<PartitionId> Gone { get; } = [];

        public void Released(PartitionId partition) => Gone.Add(partition);

        public void Passed(PartitionId partition, long offset)
        {
        }

        public bool Fill(IReadOnlyList<PartitionCursor> cursors) => false;

        public void Dispose()
        {
        }
    }

    private sealed class Partition(PartitionId id, bool away) : IPumpPartition
    {
        public PartitionCursor Cursor { get; } = new(id, 0);

        public bool Idle { get; set; } = true;

        public bool Settled => Idle;

        public bool Lost { get; set; }

        public int SetAside => 0;

        public long Passed => 0;

        public long NextDueMs => long.MaxValue;

        public int Taken { get; private set; }

        public int Released { get; private set; }

        public int Disposed { get; private set; }

        public bool Stopping { get; private set; }

        public void Take() => Taken += away ? throw new StoreUnavailableException("away") : 1;

        public bool Step(bool stopping)
        {
            Stopping = stopping;
            return false;
        }

        public void Release() => Released++;

        public void Dispose() => Disposed++;
    }
}
