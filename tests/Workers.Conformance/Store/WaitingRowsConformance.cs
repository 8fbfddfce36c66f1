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
    public async Task A_timer_is_found_by_its_token_as_it_was_set_last_until_it_is_done()
    {
        var (timer, other) = (Timer(10, "order-1"), Timer(20, "order-1"));
        await Write(f => f.Timers.AddRange([timer, other]));
        (_reader.FindTimer(timer.Token)! with { Message = timer.Message }).ShouldBe(timer);

        var moved = timer with { DueMs = Sample.Ms(50), Message = Sample.Record("order-1", """{"moved":true}""") };
        await Write(f => f.Timers.AddRange([timer with { DueMs = Sample.Ms(40) }, moved]));
        var found = _reader.FindTimer(timer.Token).ShouldNotBeNull();
        (found.DueMs, found.Message.Id, Sample.Text(found.Message.Value)).ShouldBe((Sample.Ms(50), moved.Message.Id, """{"moved":true}"""));
        _reader.TimersOf("order-1", 10).Select(t => t.Token).ShouldBe([other.Token, timer.Token]);

        await Write(f => f.TimersDone.Add(timer.Token));
        _reader.FindTimer(timer.Token).ShouldBeNull();
        _reader.FindTimer(other.Token).ShouldNotBeNull();
        _reader.FindTimer(Guid.NewGuid()).ShouldBeNull();
    }

    [Test]
    public async Task Timers_of_a_group_and_partition_are_listed_by_their_time_page_by_page()
    {
        var timers = Enumerable.Range(0, 9).Select(n => Timer(n / 4, $"order-{n}")).ToList();
        var (other, ofOthers) = (Timer(1, "order-1"), Timer(1, "order-1"));
        await Write(f => f.Timers.AddRange(timers));
        await Write(f => f.Timers.Add(other), partition: Commands1);
        await Write(f => f.Timers.Add(ofOthers), "sagas");

        var read = new List<Guid>();
        (long, Guid)? after = null;
        while (_reader.Timers("commands", Sample.Commands0, after, 2) is { Count: > 0 } page)
        {
            read.AddRange(page.Select(t => t.Token));
            after = (page[^1].DueMs, page[^1].Token);
        }

        read.ShouldBe(timers.OrderBy(t => t.DueMs).ThenBy(t => t.Token.ToString(), StringComparer.Ordinal).Select(t => t.Token));
        _reader.Timers("commands", Commands1, null, 10).Single().Token.ShouldBe(other.Token);
        _reader.Timers("sagas", Sample.Commands0, null, 10).Single().Token.ShouldBe(ofOthers.Token);
        _reader.Timers("commands", Sample.Commands0, (Sample.Ms(9), Guid.Empty), 10).ShouldBeEmpty();
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
        _reader.ParkedRows("commands", 1, (partition, row) => (partition, row.Record.Key)).Single().ShouldBe((Sample.Commands0, "a"));
        _reader.ParkedRows("effects", 10, (_, row) => row).ShouldBeEmpty();
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

    [Test]
    public async Task An_edited_letter_keeps_its_original_until_it_fails_anew_or_leaves()
    {
        var letter = Sample.Letter(1);
        var edited = letter with { Record = Sample.Record("k", new string('x', 200_000)), Original = letter.Record, Edited = new LetterEdit("ada", Sample.Ms(9), "typed wrong") };
        await Write(f => f.DeadLetters.AddRange([letter, Sample.Letter(2)]));
        await Write(f => f.DeadLetters.Add(edited));

        var read = _reader.DeadLetter(letter.Id).ShouldNotBeNull();
        read.Record.Value.Length.ShouldBe(200_000);
        Sample.Text(read.Original.ShouldNotBeNull().Value).ShouldBe("{}");
        read.Edited.ShouldBe(edited.Edited);
        _reader.DeadLetters(new DeadLetterFilter(), null, 10).Select(l => l.Edited is not null).ShouldBe([false, true]);
        await Write(f => f.DeadLetters.Add(edited with { Edited = edited.Edited! with { Reason = null } }));
        _reader.DeadLetter(letter.Id)!.Edited!.Reason.ShouldBeNull();

        await Write(f => f.DeadLetters.Add(letter with { LastMs = Sample.Ms(20) }));
        _reader.DeadLetter(letter.Id)!.Original.ShouldBeNull();
        await Write(f => f.DeadLetters.Add(edited));
        await Write(f => f.DeadLettersDone.Add(letter.Id));
        await Write(f => f.DeadLetters.Add(letter));
        _reader.DeadLetter(letter.Id)!.Edited.ShouldBeNull();
    }

    [Test]
    public async Task Dead_letters_are_read_oldest_first_too_as_far_as_a_moment()
    {
        var letters = Enumerable.Range(0, 7).Select(n => Sample.Letter(n / 2)).ToList();
        await Write(f => f.DeadLetters.AddRange(letters));
        var filter = new DeadLetterFilter(UntilMs: Sample.Ms(2));

        var read = new List<Guid>();
        (long, Guid)? after = null;
        while (_reader.OldestDeadLetters(filter, after, 2) is { Count: > 0 } page)
        {
            read.AddRange(page.Select(l => l.Id));
            after = (page[^1].LastMs, page[^1].Id);
        }

        read.ShouldBe(letters.Take(6).OrderBy(l => l.LastMs).ThenBy(l => l.Id.ToString(), StringComparer.Ordinal).Select(l => l.Id));
        _reader.CountDeadLetters(filter).ShouldBe(6);
    }

    [Test]
    public async Task Dead_letters_are_grouped_by_cause_the_most_frequent_first()
    {
        var (first, last) = (Sample.Letter(1), Sample.Letter(9) with { Stack = "   at Top() in a.cs\r\n   at Below()", Message = "the last one" });
        await Write(f => f.DeadLetters.AddRange(
        [
            first, Sample.Letter(3, code: "BAD_JSON"), last, Sample.Letter(2), last with { Id = Sample.Id(4), FirstMs = Sample.Ms(-5), LastMs = Sample.Ms(4) },
            last with { Id = Sample.Id(5), LastMs = Sample.Ms(5) }, Sample.Letter(4, group: "audit") with { Stack = "" },
        ]));

        var groups = _reader.DeadLetterGroups(new DeadLetterFilter(Group: "commands"), 10);
        groups.Select(g => (g.Code, g.Frame, g.Count)).ShouldBe([("TIMEOUT", "at Top() in a.cs", 3L), ("TIMEOUT", "at …", 2L), ("BAD_JSON", "at …", 1L)]);
        groups[0].ShouldBe(new DeadLetterGroup("TimeoutException", "TIMEOUT", "at Top() in a.cs", 3, Sample.Ms(-5), Sample.Ms(9), last.Id, "the last one"));
        _reader.DeadLetterGroups(new DeadLetterFilter(), 1).ShouldHaveSingleItem();
        _reader.CountDeadLetters(new DeadLetterFilter(Frame: groups[0].Frame, ErrorType: "TimeoutException")).ShouldBe(3);
        _reader.DeadLetterGroups(new DeadLetterFilter(Group: "audit"), 10).Single().Frame.ShouldBeEmpty();
    }

    private static TimerWrite Timer(int seconds, string key) => new(Guid.NewGuid(), Sample.Ms(seconds), Sample.Record(key));

    private IReadOnlyList<TimerWrite> Due(int seconds, out long? next) =>
        _reader.DueTimers("commands", Sample.Commands0, Sample.Ms(seconds), 10, out next);

    private async Task Write(Action<Flush> fill, string group = "commands", PartitionId? partition = null)
    {
        var where = partition ?? Sample.Commands0;
        var row = await _stores.State.PositionAsync(group, where, None) ?? await _stores.State.TakeAsync(group, where, None);
        var flush = Sample.Flush(row.Turn, row.Epoch, group: group, partition: where);
        fill(flush);
        (await _stores.State.FlushAsync(flush)).ShouldBe(FlushResult.Committed);
    }
}
