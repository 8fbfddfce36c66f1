using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Flows;

/// <summary>Many commands that wait are cancelled, on a clock that stands.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CancellationTests : IAsyncDisposable
{
    private static readonly string Operation = Guid.Empty.ToString();
    private readonly FlowEngine _engine = new();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Test]
    public void Commands_are_cancelled_at_their_rate_each_once_also_over_a_restart()
    {
        var ids = Waiting(5);
        Begin(5, rate: 2).Status.ShouldBe(202);
        Find(ids);

        Second();
        Asked().ShouldBe(ids.Take(2));
        Second();
        Asked().ShouldBe(ids.Take(4));
        _engine.Restart();
        Second();
        Asked().ShouldBe(ids);
        ids.ForEach(id => Ended(id, CommandState.Cancelled));
        Second();

        var end = _engine.Happened<CancellationEnded>().Single();
        (end.State, end.Cancelled, end.Skipped).ShouldBe(("DONE", 5, 0));
        _engine.Effects.ShouldBeEmpty();
    }

    [Test]
    public void Who_asked_for_it_and_why_stands_at_each_command_and_in_the_trail()
    {
        var id = Waiting(1).Single();
        Begin(1);
        Find([id]);
        Second();

        var cancel = Control().Single();
        (cancel.By, cancel.Reason).ShouldBe(("anonymous", "a mistake"));
        var started = _engine.Happened<CancellationStarted>().Single();
        (started.Matched, started.Reason, started.Filter!.Kind).ShouldBe((1, "a mistake", "order"));
        started.Filter.To.ShouldNotBeNull();
    }

    [Test]
    public void No_more_are_cancelled_than_somebody_has_confirmed()
    {
        var ids = Waiting(3);
        Begin(2);
        Find(ids);
        Second();
        ids.Take(2).ToList().ForEach(id => Ended(id, CommandState.Cancelled));
        Second();

        Asked().ShouldBe(ids.Take(2));
        _engine.Happened<CancellationEnded>().Single().Cancelled.ShouldBe(2);
    }

    [Test]
    public void What_has_begun_or_ended_meanwhile_is_left_alone()
    {
        var ids = Waiting(3);
        Begin(3);
        Find(ids);
        Ended(ids[0], CommandState.Succeeded);
        Ended(ids[1], CommandState.Running);
        Second();
        Asked().ShouldBe([ids[2]]);
        Ended(ids[2], CommandState.Succeeded);
        Second();

        var end = _engine.Happened<CancellationEnded>().Single();
        (end.State, end.Cancelled, end.Skipped).ShouldBe(("DONE", 0, 3));
    }

    [Test]
    public void It_goes_on_page_by_page_and_takes_none_twice()
    {
        var ids = Waiting(4);
        Begin(4);
        var first = _engine.Take<FindCancellable>();
        Answer(first.Record, null, "2", ids.Take(2));
        Answer(first.Record, null, "2", ids.Take(2));
        var second = _engine.Take<FindCancellable>();
        second.Effect.After.ShouldBe("2");
        Answer(second.Record, "2", null, ids.Skip(2));
        Second();

        Asked().ShouldBe(ids);
        _engine.Effects.ShouldBeEmpty();
    }

    [Test]
    public void Stopped_it_goes_no_further()
    {
        var ids = Waiting(5);
        Begin(5, rate: 2);
        Find(ids);
        Second();
        ids.Take(2).ToList().ForEach(id => Ended(id, CommandState.Cancelled));

        _engine.Run(new StopCancellation { OperationId = Operation, Reason = "enough" }).State.ShouldBe(CommandState.Succeeded);
        Second();

        Asked().Count().ShouldBe(2);
        var end = _engine.Happened<CancellationEnded>().Single();
        (end.State, end.Cancelled, end.Reason).ShouldBe(("CANCELLED", 2, "enough"));
        _engine.Run(new StopCancellation { OperationId = Operation }).Status.ShouldBe(409);
        _engine.Run(new StopCancellation { OperationId = Guid.NewGuid().ToString() }).Status.ShouldBe(404);
    }

    [Test]
    public void Stopped_it_ends_when_those_that_were_asked_for_are_settled()
    {
        var ids = Waiting(5);
        Begin(5, rate: 2);
        Find(ids);
        Second();

        _engine.Run(new StopCancellation { OperationId = Operation, Reason = "enough" }).State.ShouldBe(CommandState.Succeeded);
        _engine.Happened<CancellationEnded>().ShouldBeEmpty();
        _engine.Run(new StopCancellation { OperationId = Operation }).Status.ShouldBe(409);
        Ended(ids[0], CommandState.Cancelled);
        Ended(ids[1], CommandState.Succeeded);
        _engine.Advance(TimeSpan.FromMinutes(1));

        Asked().ShouldBe(ids.Take(2));
        var end = _engine.Happened<CancellationEnded>().Single();
        (end.State, end.Cancelled, end.Skipped, end.Reason).ShouldBe(("CANCELLED", 1, 1, "enough"));
    }

    [Test]
    public void Where_no_more_can_be_found_out_it_ends_when_those_that_were_asked_for_are_settled()
    {
        var ids = Waiting(2);
        Begin(4);
        var look = _engine.Take<FindCancellable>();
        Answer(look.Record, null, "2", ids);
        Second();
        var next = _engine.Take<FindCancellable>();
        _engine.Answer(next.Record, new TakeCancellable { OperationId = Operation, After = "2", Failure = "TIMEOUT: no answer" });
        _engine.Happened<CancellationEnded>().ShouldBeEmpty();

        ids.ForEach(id => Ended(id, CommandState.Cancelled));
        _engine.Advance(TimeSpan.FromMinutes(1));

        var end = _engine.Happened<CancellationEnded>().Single();
        (end.State, end.Cancelled, end.Reason).ShouldBe(("FAILED", 2, "TIMEOUT: no answer"));
    }

    [Test]
    public void A_repeat_of_the_request_whose_outcome_was_forgotten_begins_nothing_anew()
    {
        var ids = Waiting(2);
        Begin(2, rate: 1);
        Find(ids);
        Second();

        Begin(2, rate: 1).Status.ShouldBe(202);
        Second();

        Asked().ShouldBe(ids);
        _engine.Effects.ShouldBeEmpty();
        _engine.Happened<CancellationStarted>().Count().ShouldBe(1);
    }

    [Test]
    public void Where_nothing_can_be_found_out_it_ends_and_says_why()
    {
        Begin(1);
        var look = _engine.Take<FindCancellable>();
        _engine.Answer(look.Record, new TakeCancellable { OperationId = Operation, Failure = "TIMEOUT: no answer" });

        _engine.Happened<CancellationEnded>().Single().State.ShouldBe("FAILED");
        Encoding.UTF8.GetString(_engine.Store.States[new StateKey("cancellation", Operation)].Data.Span).ShouldContain("TIMEOUT: no answer");
    }

    [Test]
    public void After_thirty_days_it_is_forgotten()
    {
        Begin(0);
        Find([]);
        Second();
        _engine.Store.States.ShouldContainKey(new StateKey("cancellation", Operation));
        _engine.Advance(TimeSpan.FromDays(31));
        _engine.Store.States.ShouldNotContainKey(new StateKey("cancellation", Operation));
    }

    private static List<Guid> Waiting(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];

    private Outcome Begin(int expected, int rate = 100) =>
        _engine.Run(new CancelCommands { OperationId = Operation, Filter = new WaitingFilter { Kind = "order" }, Expected = expected, Rate = rate, Reason = "a mistake" });

    private void Find(List<Guid> ids)
    {
        var look = _engine.Take<FindCancellable>();
        Answer(look.Record, look.Effect.After, null, ids);
    }

    private void Answer(LogRecord look, string? after, string? next, IEnumerable<Guid> ids) =>
        _engine.Answer(look, new TakeCancellable { OperationId = Operation, After = after, Next = next, Ids = [.. ids.Select(id => id.ToString())], Keys = [.. ids.Select(id => $"key-{id}")] });

    private void Second() => _engine.Advance(TimeSpan.FromSeconds(1));

    private void Ended(Guid id, CommandState state) => _engine.Store.Outcomes[id] = new Outcome(id, state, null, 1, 200, 0, 0, new PartitionId(Topics.Commands, 0), 0, []);

    private IEnumerable<Guid> Asked() => _engine.Store.Control.Values.Where(row => row.Kind == ControlKinds.Cancel).OrderBy(row => row.Version).Select(row => Guid.Parse(row.Name));

    private IEnumerable<Cancel> Control() => _engine.Store.Control.Values.Where(row => row.Kind == ControlKinds.Cancel).Select(row => ControlData.ReadCancel(row)!);
}
