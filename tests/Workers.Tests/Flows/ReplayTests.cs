using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Flows;

/// <summary>Dead letters by the hands of operators, on a clock that stands.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReplayTests : IAsyncDisposable
{
    private static readonly string Operation = Guid.Empty.ToString();
    private readonly FlowEngine _engine = new();
    private int _letters;

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Test]
    public void Letters_go_back_at_their_rate_and_as_they_lay_in_the_log()
    {
        var letters = Enumerable.Range(0, 5).Select(_ => Letter("p")).ToList();

        _engine.Run(new ReplayDeadLetters { OperationId = Operation, Rate = 2, Reason = "mended" }).Status.ShouldBe(202);
        Replayed().ShouldBe(letters.Take(2));
        _engine.Advance(TimeSpan.FromSeconds(1));
        Replayed().ShouldBe(letters.Take(4));
        _engine.Restart();
        _engine.Advance(TimeSpan.FromSeconds(1));
        _engine.Advance(TimeSpan.FromSeconds(1));

        Replayed().ShouldBe(letters);
        _engine.Store.Letters.ShouldBeEmpty();
        var end = _engine.Happened<ReplayEnded>().Single();
        (end.State, end.Replayed, end.Skipped).ShouldBe(("DONE", 5, 0));
        _engine.Sent<CreateProduct>().Count().ShouldBe(5);
    }

    [Test]
    public void What_fails_again_meanwhile_is_not_put_back_twice()
    {
        Letter("p");
        _engine.Run(new ReplayDeadLetters { OperationId = Operation, Rate = 1 });
        _engine.Advance(TimeSpan.FromMilliseconds(1));
        var again = Letter("p");

        _engine.Advance(TimeSpan.FromSeconds(5));

        Replayed().ShouldNotContain(again);
        _engine.Happened<ReplayEnded>().Single().Replayed.ShouldBe(1);
    }

    [Test]
    public void A_limit_ends_it()
    {
        var letters = Enumerable.Range(0, 5).Select(_ => Letter("p")).ToList();
        _engine.Run(new ReplayDeadLetters { OperationId = Operation, Rate = 2, Limit = 3 });
        _engine.Advance(TimeSpan.FromSeconds(1));
        _engine.Advance(TimeSpan.FromSeconds(1));
        Replayed().ShouldBe(letters.Take(3));
        _engine.Happened<ReplayEnded>().Single().State.ShouldBe("DONE");
    }

    [Test]
    public void Cancelled_it_goes_no_further()
    {
        Enumerable.Range(0, 5).ToList().ForEach(_ => Letter("p"));
        _engine.Run(new ReplayDeadLetters { OperationId = Operation, Rate = 2 });

        _engine.Run(new CancelReplay { OperationId = Operation, Reason = "not mended after all" }).State.ShouldBe(CommandState.Succeeded);
        _engine.Advance(TimeSpan.FromSeconds(5));

        _engine.Store.Letters.Count.ShouldBe(3);
        var end = _engine.Happened<ReplayEnded>().Single();
        (end.State, end.Replayed, end.Reason).ShouldBe(("CANCELLED", 2, "not mended after all"));
        _engine.Run(new CancelReplay { OperationId = Operation }).Status.ShouldBe(409);
        _engine.Run(new CancelReplay { OperationId = Guid.NewGuid().ToString() }).Status.ShouldBe(404);
    }

    [Test]
    public void After_thirty_days_it_is_forgotten()
    {
        Letter("p");
        _engine.Run(new ReplayDeadLetters { OperationId = Operation });
        _engine.Advance(TimeSpan.FromSeconds(1));
        _engine.Store.States.ShouldContainKey(new StateKey("replay", Operation));
        _engine.Advance(TimeSpan.FromDays(31));
        _engine.Store.States.ShouldNotContainKey(new StateKey("replay", Operation));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Of_a_replay_and_a_discard_of_one_letter_the_first_has_it(bool atOnce)
    {
        var letter = Letter("p").ToString();
        var (first, second) = (_engine.Record(new DiscardDeadLetter { LetterId = letter, RecordKey = "p" }), _engine.Record(new ReplayDeadLetter { LetterId = letter, RecordKey = "p" }));

        _engine.Together(atOnce, first, second);

        _engine.Store.Outcomes[first.Id].Status.ShouldBe(200);
        _engine.Store.Outcomes[second.Id].Status.ShouldBe(404);
        _engine.Sent<CreateProduct>().ShouldBeEmpty();
        _engine.Happened<DeadLetterDiscarded>().Single().Before!["key"].GetString().ShouldBe("p");
    }

    [Test]
    public void An_edited_letter_keeps_what_it_was_until_it_goes_back()
    {
        var id = Letter("p", "CreatProduct");
        var original = _engine.Store.Letters[id].Record;
        Edit(id, "First").State.ShouldBe(CommandState.Succeeded);
        Edit(id, "Second").State.ShouldBe(CommandState.Succeeded);

        var edited = _engine.Store.Letters[id];
        edited.Original!.Value.ToArray().ShouldBe(original.Value.ToArray());
        edited.Original.Headers.Get(HeaderName.Type).ShouldBe("CreatProduct");
        (edited.Record.Id, edited.Record.Headers.Get(HeaderName.Type)).ShouldBe((original.Id, "CreateProduct"));
        edited.Edited!.Reason.ShouldBe("a typing error");
        var told = _engine.Happened<DeadLetterEdited>().Last();
        told.Before!["data"].GetProperty("name").GetString().ShouldBe("First");
        told.After!["data"].GetProperty("name").GetString().ShouldBe("Second");

        _engine.Run(new ReplayDeadLetter { LetterId = id.ToString(), RecordKey = "p" }).State.ShouldBe(CommandState.Succeeded);
        _engine.Sent<CreateProduct>().Single().Name.ShouldBe("Second");
        _engine.Store.Outcomes[original.Id].State.ShouldBe(CommandState.Succeeded);
        Edit(id, "Third").Status.ShouldBe(404);
    }

    private Outcome Edit(Guid id, string name) => _engine.Run(new EditDeadLetter
    {
        LetterId = id.ToString(),
        RecordKey = "p",
        NewType = nameof(CreateProduct),
        NewKey = "p",
        Data = $$"""{"product_id":"p","name":"{{name}}","price":1}""",
        Reason = "a typing error",
    });

    private IEnumerable<Guid> Replayed() => _engine.Happened<DeadLetterReplayed>().Select(one => Guid.Parse(one.LetterId));

    /// <summary>All of one moment: only where they lay tells their order.</summary>
    private Guid Letter(string key, string type = nameof(CreateProduct))
    {
        var now = _engine.Clock.GetUtcNow();
        var record = new LogRecord
        {
            Id = Ids.New(now),
            Topic = Topics.Commands,
            Key = key,
            TimestampMs = now.ToUnixTimeMilliseconds(),
            Headers = new HeaderWriter().Add(HeaderName.Type, type).Take(),
            Value = Encoding.UTF8.GetBytes("""{"product_id":"p","name":"Laptop","price":1}"""),
            Partition = 0,
            Offset = _letters++,
        };
        var letter = new DeadLetter(
            Ids.Derived(record.Id, "commands"), "commands", type, record, "poison", "Broken", "BROKEN", "It broke", "at Top()", 1, record.TimestampMs, record.TimestampMs, "w");
        _engine.Store.Letters.Add(letter.Id, letter);
        return letter.Id;
    }
}
