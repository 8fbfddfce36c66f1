using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Tests.Schedules;

namespace Workers.Tests.Control;

/// <summary>Letters of other systems whose texts nobody can read: they leave the desk like any other.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BrokenLetterTests : IDisposable
{
    private readonly CommandEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    [TestCase("{\"name\":\"Zo\u00EB\",\"password\":\"x\"}")]
    [TestCase("""{"name":"\ud83d","password":"x"}""")]
    [TestCase("""{"name":"\ud83d"}""")]
    public async Task Such_a_letter_is_replayed_and_discarded_and_told_by_its_hash(string value)
    {
        var letter = await LetterAsync(Encoding.Latin1.GetBytes(value));
        _engine.Clock.Advance(TimeSpan.FromSeconds(1));
        (await _engine.RunAsync(new ReplayDeadLetter { LetterId = letter.Id.ToString(), RecordKey = letter.Record.Key })).State.ShouldBe(CommandState.Succeeded);
        letter = _engine.State.DeadLetters(new DeadLetterFilter(), null, 10).ShouldHaveSingleItem("it fails as it did");

        var discarded = await _engine.RunAsync(new DiscardDeadLetter { LetterId = letter.Id.ToString(), RecordKey = letter.Record.Key });
        discarded.State.ShouldBe(CommandState.Succeeded, Encoding.UTF8.GetString(discarded.Body));

        _engine.State.DeadLetters(new DeadLetterFilter(), null, 10).ShouldBeEmpty();
        var told = _engine.Flushes.SelectMany(flush => flush.Outgoing).Single(record => record.Headers.Get(HeaderName.Type) == nameof(DeadLetterDiscarded));
        Encoding.UTF8.GetString(told.Value.Span).ShouldContain("\"sha256\":");
    }

    private async Task<DeadLetter> LetterAsync(byte[] value)
    {
        var record = new LogRecord
        {
            Id = Ids.New(_engine.Clock.GetUtcNow()),
            Topic = Topics.Commands,
            Key = "ada",
            TimestampMs = _engine.NowMs,
            Headers = new HeaderWriter().Add(HeaderName.Type, nameof(CreateUser)).Add(HeaderName.Unreadable, "unreadable: nobody can read it").Take(),
            Value = value,
        };
        await _engine.RunAsync(record);
        return _engine.State.DeadLetters(new DeadLetterFilter(), null, 10).ShouldHaveSingleItem();
    }
}
