using NUnit.Framework;
using Shouldly;
using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>What every state store must do with outcomes, callers' keys, claimed values and labels.</summary>
public abstract class OutcomesConformance
{
    private static readonly StateKey Ada = new("user", "0195536a-0000-7000-8000-000000000001");

    private Stores _stores = null!;

    private IStateStore Store => _stores.State;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task An_outcome_is_written_once_and_names_the_first_of_its_repeats()
    {
        var (first, repeat) = (Sample.Id(), Sample.Id());
        var writer = await Store.WriterAsync();
        await writer(f => f.Outcomes.AddRange(
            [new OutcomeWrite(Sample.Outcome(first), false), new OutcomeWrite(Sample.Outcome(repeat, aliasOf: first, body: ""), false)]));

        (await Should.ThrowAsync<FlushFailedException>(() => writer(f => f.Outcomes.Add(new OutcomeWrite(Sample.Outcome(first), false)))))
            .Message.ShouldContain(first.ToString());

        var found = Store.Outcomes(first, repeat, Sample.Id());
        found.Count.ShouldBe(2);
        found[first].ShouldBeEquivalentTo(Sample.Outcome(first));
        found[repeat].AliasOf.ShouldBe(first);
        found[repeat].Body.ShouldBeEmpty();
    }

    [Test]
    public async Task A_deferred_outcome_is_finished_and_a_final_failure_is_not()
    {
        var (id, failed) = (Sample.Id(), Sample.Id());
        var writer = await Store.WriterAsync();
        var running = Sample.Outcome(id, CommandState.Running) with { CompletedMs = 0, SubmittedMs = Sample.Ms(-5) };
        await writer(f => f.Outcomes.Add(new OutcomeWrite(running, false)));
        Store.Outcomes(id)[id].ShouldBeEquivalentTo(running);
        await writer(f => f.Outcomes.Add(new OutcomeWrite(Sample.Outcome(id), true)));
        Store.Outcomes(id)[id].ShouldBeEquivalentTo(Sample.Outcome(id));
        await writer(f => f.Outcomes.Add(new OutcomeWrite(Sample.Outcome(failed, CommandState.Failed), false)));

        await Should.ThrowAsync<FlushFailedException>(() => writer(f => f.Outcomes.Add(new OutcomeWrite(Sample.Outcome(failed), true))));
        await Should.ThrowAsync<FlushFailedException>(() => writer(f => f.Outcomes.Add(new OutcomeWrite(Sample.Outcome(Sample.Id()), true))));

        Store.Outcomes(id, failed).Values.Select(o => o.State).ShouldBe([CommandState.Succeeded, CommandState.Failed], ignoreOrder: true);
    }

    [Test]
    public async Task A_command_that_waits_for_its_time_is_given_another_and_ends()
    {
        var (id, cancelled) = (Sample.Id(), Sample.Id());
        var writer = await Store.WriterAsync();
        var scheduled = Sample.Outcome(id, CommandState.Scheduled, body: "") with { Attempts = 0, Status = 0, StartedMs = Sample.Ms(60), CompletedMs = 0 };
        await writer(f => f.Outcomes.AddRange([new OutcomeWrite(scheduled, false), new OutcomeWrite(scheduled with { Id = cancelled }, false)]));
        Store.Outcomes(id)[id].ShouldBeEquivalentTo(scheduled);
        Store.Outcomes(id)[id].IsFinal.ShouldBeFalse();

        await writer(f => f.Outcomes.AddRange(
            [new OutcomeWrite(scheduled with { StartedMs = Sample.Ms(90) }, true), new OutcomeWrite(scheduled with { StartedMs = Sample.Ms(80) }, true)]));
        Store.Outcomes(id)[id].StartedMs.ShouldBe(Sample.Ms(80));
        await writer(f => f.Outcomes.Add(new OutcomeWrite(scheduled with { StartedMs = Sample.Ms(80) }, true)));

        await writer(f => f.Outcomes.AddRange(
            [new OutcomeWrite(Sample.Outcome(id), true), new OutcomeWrite(Sample.Outcome(cancelled, CommandState.Cancelled), true)]));
        Store.Outcomes(id)[id].ShouldBeEquivalentTo(Sample.Outcome(id));
        await Should.ThrowAsync<FlushFailedException>(() => writer(f => f.Outcomes.Add(new OutcomeWrite(scheduled with { Id = cancelled }, true))));
        Store.Outcomes(cancelled)[cancelled].State.ShouldBe(CommandState.Cancelled);
    }

    [Test]
    public async Task A_callers_key_belongs_to_its_first_command()
    {
        var (hash, command) = (Guid.NewGuid(), Sample.Id());
        var first = new CallerKeyWrite(hash, command, [1, 2, 3], Sample.Ms(0));
        var writer = await Store.WriterAsync();
        await writer(f => f.CallerKeys.Add(first));

        (await writer(f => f.CallerKeys.Add(first))).ShouldBe(FlushResult.Committed, "the same command may say so again");
        (await writer(f =>
        {
            f.States.Add(Sample.State(Ada, 0, "lost"));
            f.CallerKeys.Add(first with { CommandId = Sample.Id() });
        })).ShouldBe(FlushResult.UniqueConflict);

        Store.Find(Ada).ShouldBeNull();
        using var reader = Store.OpenReader();
        var found = new Dictionary<Guid, CallerKeyWrite>();
        reader.FindCallerKeys([hash, Guid.NewGuid()], found);
        found.Single().Value.ShouldBeEquivalentTo(first);
    }

    [Test]
    public async Task A_claimed_value_is_its_owners_until_it_is_released()
    {
        var writer = await Store.WriterAsync();
        var claim = new UniqueWrite("email", "ada@example.org", "ada", false);
        await writer(f => f.Uniques.Add(claim));

        (await writer(f => f.Uniques.Add(claim))).ShouldBe(FlushResult.Committed);
        (await writer(f => f.Uniques.Add(claim with { Owner = "bob" }))).ShouldBe(FlushResult.UniqueConflict);
        (await writer(f => f.Uniques.Add(claim with { Space = "sku", Owner = "bob" }))).ShouldBe(FlushResult.Committed);
        (await writer(f => f.Uniques.Add(claim with { Owner = "bob", Release = true }))).ShouldBe(FlushResult.Committed);
        using var reader = Store.OpenReader();
        reader.FindUnique("email", "ada@example.org").ShouldBe("ada");

        (await writer(f => f.Uniques.AddRange([claim with { Release = true }, claim with { Owner = "bob" }]))).ShouldBe(FlushResult.Committed);
        reader.FindUnique("email", "ada@example.org").ShouldBe("bob");
        reader.FindUnique("email", "free@example.org").ShouldBeNull();
    }

    [Test]
    public async Task Sagas_are_listed_by_label_newest_first_page_by_page()
    {
        var writer = await Store.WriterAsync();
        await writer(f =>
        {
            for (var n = 0; n < 9; n++)
            {
                var label = n % 3 == 0 ? "Paid" : "Waiting";
                f.States.Add(Sample.State(new StateKey("flow:order", $"order-{n}"), 0, "{}", null, label, seconds: n / 2));
            }

            f.States.Add(Sample.State(new StateKey("flow:refund", "r"), 0, "{}", null, "Paid"));
            f.States.Add(Sample.State(Ada, 0, "{}"));
        });
        await writer(f => f.States.Add(Sample.State(new StateKey("flow:order", "order-0"), 1, "{}", null, "Done", seconds: 9)));
        using var reader = Store.OpenReader();

        Pages(reader, "Paid", 1).ShouldBe(["order-6", "order-3"]);
        Pages(reader, null, 4).ShouldBe(["order-0", "order-8", "order-7", "order-6", "order-5", "order-4", "order-3", "order-2", "order-1"]);
        Pages(reader, "Nothing", 4).ShouldBeEmpty();
        reader.ByLabel("flow:order", "Done", null, 5).Single().Row.Version.ShouldBe(2);
        reader.CountLabels("flow:order", 5).ShouldBe([("Done", 1), ("Paid", 2), ("Waiting", 5)], ignoreOrder: true);
        reader.CountLabels("flow:nothing", 5).ShouldBeEmpty();
    }

    private static List<string> Pages(IStateReader reader, string? label, int size)
    {
        var ids = new List<string>();
        (long, string)? before = null;
        while (reader.ByLabel("flow:order", label, before, size) is { Count: > 0 } page)
        {
            ids.AddRange(page.Select(p => p.Key.Id));
            before = (page[^1].UpdatedMs, page[^1].Key.Id);
        }

        return ids;
    }
}
