using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Tests.Time;

namespace Workers.Tests.Telemetry;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WorkPulseTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkPulse _pulse;

    public WorkPulseTests() => _pulse = new WorkPulse(_time);

    [Test]
    public void The_types_that_took_longest_together_and_the_keys_that_changed_most_are_first()
    {
        _pulse.Committed(Flush([("CreateUser", 5), ("CreateUser", 5), ("CancelOrder", 9)], ["a", "b", "a", "c"]));

        _pulse.Slowest(1).ShouldBe([new SlowHandler("CreateUser", 2, 10, 5)]);
        _pulse.Hottest(5).ShouldBe([new HotKey("user/a", 2)], "once is not hot");
    }

    [Test]
    public void What_is_older_than_two_minutes_is_forgotten()
    {
        _pulse.Committed(Flush([("CreateUser", 5)], ["a", "a"]));
        _time.Advance(TimeSpan.FromSeconds(61));
        _pulse.Slowest(1).Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(61));

        (_pulse.Slowest(1).Count, _pulse.Hottest(1).Count).ShouldBe((0, 0));
    }

    [Test]
    public void A_flood_of_keys_is_bounded_and_the_hot_one_stays()
    {
        _pulse.Committed(Flush([], [.. Enumerable.Range(0, 20_000).SelectMany(n => new[] { $"cold-{n}", "hot" })]));

        _pulse.Hottest(1).ShouldBe([new HotKey("user/hot", 20_000)]);
    }

    private static Flush Flush((string Type, double Ms)[] ran, string[] keys)
    {
        var flush = new Flush { Position = new PositionMove("commands", new PartitionId(Topics.Commands, 0), 1, 1, 1) };
        flush.Outcomes.AddRange(ran.Select(one => new OutcomeWrite(
            new Outcome(Guid.NewGuid(), CommandState.Succeeded, null, 1, 200, 1, 2, new PartitionId(Topics.Commands, 0), 0, []), Finishes: false)
        {
            Timing = new Timing(CommandCatalog.Find(one.Type)!, one.Type, 0, 0, one.Ms),
        }));
        flush.Events.AddRange(keys.Select(key => new EventWrite(new StateKey("user", key), new StreamTail(0), 1, "UserUpdated", 1, 1, Guid.NewGuid(), [])));
        return flush;
    }
}
