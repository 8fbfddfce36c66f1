using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Schedules;

/// <summary>Cancels of a command and of its repeat while both wait behind a pause, by the pump.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CancelledRepeatTests : IDisposable
{
    private readonly CommandEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Test]
    public async Task A_repeat_that_is_cancelled_ends_as_its_first_which_still_runs()
    {
        var (first, repeat) = await BothWaitAsync();

        await CancelAsync(repeat);
        _engine.OutcomeOf(repeat.Id)!.AliasOf.ShouldBe(first.Id);
        _engine.OutcomeOf(first.Id).ShouldBeNull();
        Open().ShouldBe([first.Id]);
        await _engine.RunAsync(new ResumeQueue { Queue = Kind.Inventory });
        _engine.Run();

        _engine.OutcomeOf(first.Id)!.State.ShouldBe(CommandState.Succeeded);
        Open().ShouldBeEmpty();
    }

    [Test]
    public async Task A_repeat_whose_first_was_cancelled_does_not_wait_any_more_once_it_is_cancelled()
    {
        var (first, repeat) = await BothWaitAsync();

        await CancelAsync(first);
        await CancelAsync(repeat);

        _engine.OutcomeOf(first.Id)!.State.ShouldBe(CommandState.Cancelled);
        _engine.OutcomeOf(repeat.Id)!.AliasOf.ShouldBe(first.Id);
        Open().ShouldBeEmpty();
        using var reader = _engine.Store.OpenReader();
        reader.ControlRows(0).ShouldNotContain(row => row.Kind == ControlKinds.Cancel);
    }

    private async Task<(LogRecord First, LogRecord Repeat)> BothWaitAsync()
    {
        await _engine.RunAsync(new PauseQueue { Queue = Kind.Inventory });
        var (first, repeat) = (Sent(), Sent());
        await _engine.RunAsync(first, repeat);
        Open().ShouldBe([first.Id, repeat.Id]);
        return (first, repeat);
    }

    private LogRecord Sent() => _engine.Record(
        new CreateProduct { ProductId = "p", Name = "A product", Price = 1 }, (HeaderName.CallerKey, new Guid(1, 2, 3, new byte[8]).ToString()), (HeaderName.Fingerprint, "00ff"));

    private async Task CancelAsync(LogRecord record)
    {
        await _engine.RunAsync(new CancelCommand { TargetId = record.Id.ToString(), TargetKey = record.Key });
        _engine.Run();
    }

    private IEnumerable<Guid> Open()
    {
        using var reader = _engine.Store.OpenReader();
        return reader.ParkedRows("commands", 10, static (_, row) => row.Record.Id);
    }
}
