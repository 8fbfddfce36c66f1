using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Health;
using Workers.Engine.Log;

namespace Workers.Tests.Health;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OutageTests
{
    private readonly Outage _outage = new();

    [Test]
    public void What_is_away_is_told_when_it_goes_and_again_when_it_went_once_more()
    {
        _outage.LevelOf(new LogUnavailableException("one")).ShouldBe(LogLevel.Warning);
        _outage.LevelOf(new LogUnavailableException("two")).ShouldBe(LogLevel.Debug);

        (_outage.Ends(), _outage.Ends()).ShouldBe((true, false));
        _outage.LevelOf(new LogUnavailableException("three"), LogLevel.Error).ShouldBe(LogLevel.Error);
    }

    [Test]
    public void A_failure_that_stays_the_same_is_told_once_and_another_one_at_once()
    {
        _outage.LevelOf(new InvalidOperationException("a fault")).ShouldBe(LogLevel.Warning);
        _outage.LevelOf(new InvalidOperationException("a fault")).ShouldBe(LogLevel.Debug);

        _outage.LevelOf(new InvalidOperationException("another")).ShouldBe(LogLevel.Warning);
        _outage.LevelOf(new TimeoutException("another")).ShouldBe(LogLevel.Warning);
        _outage.Ends().ShouldBeFalse();
    }

    [Test]
    public void The_same_failure_of_another_thing_is_told()
    {
        _outage.LevelOf(new InvalidOperationException("a fault"), of: "partition 1").ShouldBe(LogLevel.Warning);
        _outage.LevelOf(new InvalidOperationException("a fault"), of: "partition 2").ShouldBe(LogLevel.Warning);
        _outage.LevelOf(new InvalidOperationException("a fault"), of: "partition 2").ShouldBe(LogLevel.Debug);
    }
}
