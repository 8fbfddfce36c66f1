using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Schedules;

/// <summary>Commands for a time of their own, by the pump.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DelayedCommandTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly CommandEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Test]
    public async Task It_is_not_executed_before_its_time_and_once_after_it()
    {
        var command = await DelayAsync("p", Minute * 10);
        Stands(command, CommandState.Scheduled, 0);

        _engine.RunAfter(Minute * 9);
        Stands(command, CommandState.Scheduled, 0);
        _engine.RunAfter(Minute);
        Stands(command, CommandState.Succeeded, 1);
        _engine.RunAfter(Minute * 60);
        Stands(command, CommandState.Succeeded, 1);

        await _engine.RunAsync(Again(command));
        Stands(command, CommandState.Succeeded, 1);
    }

    [Test]
    public async Task One_whose_time_has_come_is_executed_at_once()
    {
        var command = await DelayAsync("p", -Minute);

        Stands(command, CommandState.Succeeded, 1);
    }

    [Test]
    public async Task It_waits_over_a_restart_and_one_that_came_due_meanwhile_is_executed_once()
    {
        var (soon, later) = (await DelayAsync("p", Minute), await DelayAsync("q", Minute * 60));
        _engine.Clock.Advance(Minute * 5);

        _engine.Start();
        _engine.Run();
        Stands(soon, CommandState.Succeeded, 1);
        Stands(later, CommandState.Scheduled, 0);
        _engine.Start();
        _engine.RunAfter(Minute * 60);

        Stands(soon, CommandState.Succeeded, 1);
        Stands(later, CommandState.Succeeded, 1);
    }

    [Test]
    public async Task It_is_given_another_time_more_than_once_in_a_batch_too()
    {
        var command = await DelayAsync("p", Minute);
        (await MoveAsync(command, Minute * 30)).State.ShouldBe(CommandState.Succeeded);
        _engine.RunAfter(Minute * 20);
        Stands(command, CommandState.Scheduled, 0);

        await _engine.RunAsync(Move(command, Minute * 60), Move(command, Minute * 40));
        _engine.OutcomeOf(command.Id)!.StartedMs.ShouldBe(_engine.NowMs + (long)(Minute * 40).TotalMilliseconds);
        _engine.RunAfter(Minute * 39);
        Stands(command, CommandState.Scheduled, 0);
        _engine.RunAfter(Minute);
        Stands(command, CommandState.Succeeded, 1);

        (await MoveAsync(command, Minute)).State.ShouldBe(CommandState.Failed);
    }

    [Test]
    public async Task It_is_executed_now_where_somebody_says_so()
    {
        var command = await DelayAsync("p", Minute * 60);

        await MoveAsync(command, TimeSpan.Zero);
        _engine.Run();

        Stands(command, CommandState.Succeeded, 1);
    }

    [Test]
    public async Task Who_moves_it_as_its_time_comes_is_told_that_it_is_executed()
    {
        var command = await DelayAsync("p", Minute);
        _engine.Clock.Advance(Minute);

        var moved = await MoveAsync(command, Minute);

        moved.State.ShouldBe(CommandState.Failed);
        Stands(command, CommandState.Succeeded, 1);
    }

    [Test]
    public async Task It_is_cancelled_before_its_time()
    {
        var command = await DelayAsync("p", Minute);
        await _engine.RunAsync(new CancelCommand { TargetId = command.Id.ToString(), TargetKey = "p", Reason = "not wanted" });
        _engine.Run();
        Stands(command, CommandState.Cancelled, 0);
        _engine.State.FindTimer(command.Id).ShouldBeNull();

        _engine.RunAfter(Minute * 5);

        Stands(command, CommandState.Cancelled, 0);
    }

    [Test]
    public async Task Many_of_one_moment_are_executed_each_once()
    {
        var commands = Enumerable.Range(0, 1_300).Select(n => Delayed($"p{n}", Minute)).ToArray();
        await _engine.RunAsync(commands);
        commands.ShouldAllBe(command => _engine.OutcomeOf(command.Id)!.State == CommandState.Scheduled);

        _engine.RunAfter(Minute);

        commands.ShouldAllBe(command => _engine.OutcomeOf(command.Id)!.State == CommandState.Succeeded);
        _engine.Flushes.SelectMany(flush => flush.Events).Count().ShouldBe(1_300);
    }

    private void Stands(LogRecord command, CommandState state, int executed)
    {
        _engine.OutcomeOf(command.Id)!.State.ShouldBe(state);
        _engine.Flushes.SelectMany(flush => flush.Events).Count(e => e.Stream.Id == command.Key).ShouldBe(executed);
    }

    private LogRecord Delayed(string product, TimeSpan after) => _engine.Record(
        new CreateProduct { ProductId = product, Name = "A product", Price = 1 }, (HeaderName.Due, new Due(_engine.NowMs + (long)after.TotalMilliseconds, IsSent: false).ToString()));

    private async Task<LogRecord> DelayAsync(string product, TimeSpan after)
    {
        var record = Delayed(product, after);
        await _engine.RunAsync(record);
        return record;
    }

    private LogRecord Move(LogRecord command, TimeSpan after) => _engine.Record(
        new RescheduleCommand { RecordKey = command.Key, TargetId = command.Id.ToString(), DueMs = _engine.NowMs + (long)after.TotalMilliseconds });

    private async Task<Outcome> MoveAsync(LogRecord command, TimeSpan after)
    {
        var move = Move(command, after);
        await _engine.RunAsync(move);
        return _engine.OutcomeOf(move.Id)!;
    }

    // As a relay sends it that does not know that it was taken.
    private static LogRecord Again(LogRecord record) => new()
    {
        Id = record.Id,
        Topic = record.Topic,
        Key = record.Key,
        TimestampMs = record.TimestampMs,
        Headers = record.Headers,
        Value = record.Value,
    };
}
