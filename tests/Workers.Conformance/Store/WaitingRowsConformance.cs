using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>What every state store must do with what waits: timers, parked rows, dead letters.</summary>
public abstract class WaitingRowsConformance
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly PartitionId Commands1 = new(Topics.Commands, 1);

    private Stores _stores = null!;
    private IStateReader _reader = null!;

    protected abstract Stores Make();

    [SetUp]
    public void Open()
    {
        _stores = Make();
        _reader = _stores.State.OpenReader();
    }

    [TearDown]
    public void Close()
    {
        _reader.Dispose();
        _stores.Dispose();
    }

    [Test]
    public async Task Timers_come_due_in_order_and_tell_when_the_next_is()
    {
        var timers = new[] { 30, 10, 20, 40 }.Select(s => new TimerWrite(Guid.NewGuid(), Sample.Ms(s), Sample.Record($"order-{s}"))).ToList();
        await Write(f => f.Timers.AddRange(timers));

        Due(25, out var next).Select(t => t.Message.Key).ShouldBe(["order-10", "order-20"]);
        next.ShouldBe(Sample.Ms(30));
        _reader.DueTimers("commands", Sample.Commands0, Sample.Ms(99), 3, out next).Count.ShouldBe(3);
        next.ShouldBe(Sample.Ms(40));
        Due(99, out next).Count.ShouldBe(4);
        next.ShouldBeNull();
        _reader.DueTimers("commands", Commands1, Sample.Ms(99), 10, out next).ShouldBeEmpty();
        next.ShouldBeNull();
    }

    [Test]
    public async Task A_timer_keeps_its_message_and_is_gone_when_done()
    {
        var (kept, cancelled) = (Timer(10, "order-1"), Timer(5, "order-1"));
        await Write(f => f.Timers.AddRange([kept, cancelled]));
        await Write(f =>
        {
            var twice = Timer(1, "order-2");
            f.Timers.Add(twice);
            f.TimersDone.AddRange([cancelled.Token, twice.Token, Guid.NewGuid()]);
        });

        var due = Due(99, out _).Single();
        due.Token.ShouldBe(kept.Token);
        due.Message.Id.ShouldBe(kept.Message.Id);
        due.Message.Topic.ShouldBe(Topics.Commands);
        due.Message.Headers.All().ShouldBe(kept.Message.Headers.All());
        _reader.TimersOf("order-1", 10).Single().Token.ShouldBe(kept.Token);
        _reader.TimersOf("order-2", 10).ShouldBeEmpty();
    }

    [Test]
    public async Task A_timer_set_again_moves()
    {
        var timer = Timer(10, "order-1");
        await Write(f => f.Timers.Add(timer));
        await Write(f => f.Timers.Add(timer with { DueMs = Sample.Ms(50) }));

        Due(20, out var next).ShouldBeEmpty();
        next.ShouldBe(Sample.Ms(50));
    }

    [Test]
    public async Task Parked_rows_are_read_in_order_replaced_and_removed()
    {
        await Write(f => f.Parked.AddRange([Sample.Parked(3, "b"), Sample.Parked(1, "a"), Sample.Parked(2, "a")]));
        await Write(f =>
        {
            f.Parked.Add(Sample.Parked(1, "a", attempts: 2) with { Reason = null, Error = null, ErrorType = null });
            f.ParkedDone.Add(3);
        });

        var rows = _reader.Parked("commands", Sample.Commands0, long.MinValue, 10);
        rows.Select(r => (r.Order, r.Record.Key, r.Attempts)).ShouldBe([(1, "a", 2), (2, "a", 0)]);
        rows[0].Error.ShouldBeNull();
        (rows[1].Reason, rows[1].ErrorType, rows[1].Error, rows[1].DueMs, rows[1].FirstMs)
            .ShouldBe(("RETRYING", "TimeoutException", "took too long", Sample.Ms(5), Sample.Ms(0)));
        _reader.Parked("commands", Sample.Commands0, 1, 10).Single().Order.ShouldBe(2);
        _reader.Parked("commands", Commands1, 0, 10).ShouldBeEmpty();
        _reader.ParkedRows("commands", 1).Single().Partition.ShouldBe(Sample.Commands0);
        _reader.ParkedRows("effects", 10).ShouldBeEmpty();
    }

    [Test]
    public async Task A_parked_record_remembers_where_it_lay()
    {
        var record = Sample.Record("a", topic: Topics.Effects);
        (record.Partition, record.Offset) = (3, 77);
        await Write(f => f.Parked.Add(Sample.Parked(1, "a") with { Record = record }));

        var read = _reader.Parked("commands", Sample.Commands0, 0, 1).Single().Record;
        (read.Where, read.Offset).ShouldBe((new PartitionId(Topics.Effects, 3), 77));
    }

    [Test]
    public async Task Dead_letters_are_listed_newest_first_page_by_page()
    {
        var letters = Enumerable.Range(0, 7).Select(n => Sample.Letter(n / 2)).ToList();
        await Write(f => f.DeadLetters.AddRange(letters));

        var read = new List<Guid>();
        (long, Guid)? before = null;
        while (_reader.DeadLetters(new DeadLetterFilter(), before, 2) is { Count: > 0 } page)
        {
            read.AddRange(page.Select(l => l.Id));
            before = (page[^1].LastMs, page[^1].Id);
            await Write(f => f.DeadLetters.Add(Sample.Letter(100 + read.Count)));
        }

        read.ShouldBe(letters.OrderByDescending(l => l.LastMs).ThenByDescending(l => l.Id.ToString(), StringComparer.Ordinal).Select(l => l.Id));
        _reader.CountDeadLetters().ShouldBe(7 + 4);
    }

    [Test]
    public async Task Dead_letters_are_found_by_each_filter()
    {
        var wanted = Sample.Letter(1, key: "ada", reason: "unreadable", code: "BAD_JSON", group: "audit");
        await Write(f => f.DeadLetters.AddRange([wanted, Sample.Letter(2), Sample.Letter(3, key: "bob")]));
        DeadLetterFilter[] filters =
        [
            new(Group: "audit"), new(Key: "ada"), new(Reason: "unreadable"), new(Code: "BAD_JSON"), new(CommandId: wanted.Record.Id),
            new("audit", "ada", "unreadable", "BAD_JSON", wanted.Record.Id),
        ];

        foreach (var filter in filters)
        {
            _reader.DeadLetters(filter, null, 10).Single().Id.ShouldBe(wanted.Id);
        }

        _reader.DeadLetters(new DeadLetterFilter("audit", "bob"), null, 10).ShouldBeEmpty();
    }

    [Test]
    public async Task A_dead_letter_is_kept_whole_replaced_by_its_next_failure_and_removed()
    {
        var letter = Sample.Letter(1);
        await Write(f => f.DeadLetters.Add(letter));
        await Write(f => f.DeadLetters.Add(letter with { Attempts = 7 }));

        var read = _reader.DeadLetter(letter.Id).ShouldNotBeNull();
        (read with { Record = letter.Record }).ShouldBe(letter with { Attempts = 7 });
        read.Record.Id.ShouldBe(letter.Record.Id);
        Sample.Text(read.Record.Value).ShouldBe("{}");

        await Write(f => f.DeadLettersDone.Add(letter.Id));
        _reader.DeadLetter(letter.Id).ShouldBeNull();
        _reader.CountDeadLetters().ShouldBe(0);
    }

    private static TimerWrite Timer(int seconds, string key) => new(Guid.NewGuid(), Sample.Ms(seconds), Sample.Record(key));

    private IReadOnlyList<TimerWrite> Due(int seconds, out long? next) =>
        _reader.DueTimers("commands", Sample.Commands0, Sample.Ms(seconds), 10, out next);

    private async Task Write(Action<Flush> fill)
    {
        var row = await _stores.State.PositionAsync("commands", Sample.Commands0, None)
            ?? await _stores.State.TakeAsync("commands", Sample.Commands0, None);
        var flush = Sample.Flush(row.Turn, row.Epoch);
        fill(flush);
        (await _stores.State.FlushAsync(flush)).ShouldBe(FlushResult.Committed);
    }
}
