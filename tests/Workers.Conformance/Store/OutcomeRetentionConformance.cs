using NUnit.Framework;
using Shouldly;
using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>How long a state store knows what became of commands, and their callers' keys: for 30 days.</summary>
public abstract class OutcomeRetentionConformance
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private Stores _stores = null!;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task A_callers_key_is_known_for_as_long_as_its_command_is_and_that_from_its_end()
    {
        var write = await _stores.State.WriterAsync();
        var (scheduled, running, late, done) = (Sample.Id(), Sample.Id(), Sample.Id(), Sample.Id());
        Guid[] all = [scheduled, running, late, done];
        var keys = all.Select(Key).ToList();
        await write(flush =>
        {
            flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(scheduled, CommandState.Scheduled), Finishes: false));
            flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(running, CommandState.Running), Finishes: false));
            flush.Outcomes.Add(new OutcomeWrite(Ended(late, 20), Finishes: false));
            flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(done), Finishes: false));
            flush.CallerKeys.AddRange(keys);
        });

        await _stores.TrimOutcomesAsync(31 * Day);
        Known().ShouldBe([scheduled, running, late], ignoreOrder: true);

        await write(flush => flush.Outcomes.Add(new OutcomeWrite(Ended(scheduled, 60), Finishes: true)));
        await _stores.TrimOutcomesAsync(61 * Day);
        Known().ShouldBe([scheduled, running], ignoreOrder: true);

        await _stores.TrimOutcomesAsync(91 * Day);
        Known().ShouldBe([running]);

        List<Guid> Known()
        {
            var known = _stores.State.Outcomes(all).Keys.ToList();
            Keys(keys).Select(key => key.CommandId).ShouldBe(known, ignoreOrder: true);
            return known;
        }
    }

    [Test]
    public async Task Keys_behind_many_that_are_kept_are_forgotten()
    {
        var write = await _stores.State.WriterAsync();
        var waiting = Enumerable.Range(0, 1_100).Select(_ => Sample.Id()).ToList();
        var (kept, old) = (waiting.ConvertAll(Key), Key(Sample.Id()) with { AtMs = Sample.Ms(1) });
        await write(flush =>
        {
            flush.Outcomes.AddRange(waiting.Select(id => new OutcomeWrite(Sample.Outcome(id, CommandState.Scheduled), Finishes: false)));
            flush.CallerKeys.AddRange([.. kept, old]);
        });

        await _stores.TrimOutcomesAsync(31 * Day);

        Keys([old]).ShouldBeEmpty();
        Keys(kept).Count.ShouldBe(1_100);
    }

    private static CallerKeyWrite Key(Guid command) => new(Guid.NewGuid(), command, [1], Sample.Ms(0));

    private static Outcome Ended(Guid command, int days) => Sample.Outcome(command) with { CompletedMs = (Sample.Start + (days * Day)).ToUnixTimeMilliseconds() };

    private List<CallerKeyWrite> Keys(List<CallerKeyWrite> wanted)
    {
        using var reader = _stores.State.OpenReader();
        var found = new Dictionary<Guid, CallerKeyWrite>();
        reader.FindCallerKeys([.. wanted.Select(key => key.Hash)], found);
        return [.. found.Values];
    }
}
