using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Domain.Schedules;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Tests.Schedules;

/// <summary>A schedule's last command that ended so long ago that nobody knows it any more.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ForgottenOutcomeTests
{
    [TestCase(Schedule.Skip)]
    [TestCase(Schedule.Queue)]
    public async Task It_holds_the_next_one_up_no_longer_than_outcomes_are_kept(string overlap)
    {
        using var engine = new CommandEngine(new OutcomeOptions { Retention = TimeSpan.FromDays(7) });
        (await engine.RunAsync(new CreateSchedule { ScheduleId = "s", Definition = Definition(overlap) })).State.ShouldBe(CommandState.Succeeded);
        (await engine.RunAsync(new TriggerSchedule { ScheduleId = "s" })).State.ShouldBe(CommandState.Succeeded);
        var first = Guid.Parse(Runs(engine).LastCommandId!);
        engine.OutcomeOf(first)!.State.ShouldBe(CommandState.Succeeded);

        engine.Clock.Advance(TimeSpan.FromDays(8));
        await engine.TrimAsync();
        engine.OutcomeOf(first).ShouldBeNull();
        var again = await engine.RunAsync(new TriggerSchedule { ScheduleId = "s" });

        again.State.ShouldBe(CommandState.Succeeded);
        Runs(engine).Fired.ShouldBe(2);
    }

    private static ScheduleRuns Runs(CommandEngine engine) => ScheduleRuns.Read(engine.StateOf(ScheduleRuns.Kind, "s")!.Data.Span);

    private static Dictionary<string, JsonElement> Definition(string overlap)
    {
        var schedule = new Schedule
        {
            ScheduleId = "s",
            CommandType = nameof(CreateProduct),
            Data = JsonDocument.Parse("""{"name":"A product","price":1}""").RootElement,
            KeyMember = "product_id",
            Cron = "0 0 0 1 1 ?",
            Overlap = overlap,
        };
        return JsonDocument.Parse(schedule.ToBytes()).RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
    }
}
