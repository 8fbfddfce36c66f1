using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Conformance.Projections;

/// <summary>What every audit store must do.</summary>
public abstract class AuditConformance
{
    private const int Day = 86_400;
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly AuditQuery All = new(null, null, null, null, null, null, null, null, 3, null);

    private Stores _stores = null!;

    private IAuditStore Store => _stores.Audit;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task An_entry_is_kept_whole_and_its_repeat_changes_nothing()
    {
        var entry = Entry(1) with { CommandId = Sample.Id(), UserId = "ada", Reason = "because", ClientAddress = "127.0.0.1", UserAgent = "curl", Kind = "user" };
        await Append(entry);
        await Append(entry with { Actor = "another" }, Entry(2));

        var read = (await Store.FindAsync(entry.Id, None)).ShouldNotBeNull();
        read.Hash!.Length.ShouldBe(32);
        (read with { Hash = null, Changes = entry.Changes }).ShouldBe(entry);
        Sample.Text(read.Changes).ShouldBe("{}");
        (await Store.VerifyAsync(None)).ShouldBeEmpty();
        (await Store.FindAsync(Sample.Id(), None)).ShouldBeNull();
    }

    [Test]
    public async Task Nothing_is_added_where_the_position_has_moved()
    {
        var row = await Store.TakeAsync("audit", Sample.Commands0, None);
        var entry = Entry(1);

        var moved = new PositionMove("audit", Sample.Commands0, 1, row.Turn + 1, row.Epoch);
        (await Store.AppendAsync([moved], [entry], None)).ShouldBe(FlushResult.Moved);

        (await Store.FindAsync(entry.Id, None)).ShouldBeNull();
    }

    [Test]
    public async Task A_list_is_counted_by_its_filters()
    {
        await Append(Enumerable.Range(0, 5).Select(n => Entry(n) with { UserId = n == 0 ? "ada" : null }).ToArray());

        var page = await Store.ListAsync(All with { WithTotal = true }, None);
        (page.Total, page.IsEstimate).ShouldBe((5, false));
        (await Store.ListAsync(All with { WithTotal = true, UserId = "ada" }, None)).Total.ShouldBe(1);
        (await Store.ListAsync(All, None)).Total.ShouldBeNull();
    }

    [Test]
    public async Task Entries_are_listed_newest_first_and_stay_so_while_entries_arrive()
    {
        var entries = Enumerable.Range(0, 8).Select(n => Entry(n / 2)).ToArray();
        await Append(entries);

        var read = new List<Guid>();
        var page = await Store.ListAsync(All, None);
        read.AddRange(page.Items.Select(e => e.Id));
        while (page.NextCursor is { } cursor)
        {
            await Append(Entry(100 + read.Count));
            page = await Store.ListAsync(All with { Cursor = cursor }, None);
            read.AddRange(page.Items.Select(e => e.Id));
        }

        read.ShouldBe(entries.OrderByDescending(e => e.AtMs).ThenByDescending(e => e.Id.ToString(), StringComparer.Ordinal).Select(e => e.Id));
    }

    [Test]
    public async Task Entries_are_found_by_each_filter()
    {
        var wanted = Entry(5) with { Type = "OrderPlaced", Kind = "order", EntityType = "order", EntityId = "order-1", UserId = "ada", CommandId = Sample.Id() };
        await Append(Entry(1), wanted, Entry(9));
        AuditQuery[] queries =
        [
            All with { Type = "OrderPlaced" }, All with { Kind = "order" }, All with { EntityType = "order" }, All with { EntityType = "order", EntityId = "order-1" },
            All with { UserId = "ada" }, All with { CommandId = wanted.CommandId }, All with { EntityId = "order-1" }, All with { Kind = "order", Type = "OrderPlaced", UserId = "ada" },
            All with { EntityType = "order", EntityId = "order-1", FromMs = Sample.Ms(4), OldestFirst = true }, All with { FromMs = Sample.Ms(5), ToMs = Sample.Ms(5) },
        ];

        foreach (var query in queries)
        {
            (await Store.ListAsync(query, None)).Items.Select(e => e.Id).ShouldBe([wanted.Id], query.ToString());
        }
    }

    [Test]
    public async Task Chains_of_days_and_partitions_verify_also_after_reopening()
    {
        var other = new PartitionId(Contracts.Topics.Events, 2);
        await Append(Entry(1), Entry(2, other), Entry(Day), Entry(Day + 1, other));
        _stores.Reopen();
        await Append(Entry(3), Entry(4, other), Entry(Day + 2));

        (await Store.VerifyAsync(None)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_changed_entry_is_found()
    {
        var entries = Enumerable.Range(0, 4).Select(n => Entry(n)).ToArray();
        await Append(entries);

        _stores.Falsify(entries[1].Id);

        var found = (await Store.VerifyAsync(None)).Single();
        (found.Id, found.Kind).ShouldBe((entries[1].Id, AuditBreakKind.Changed));
        found.Partition.ShouldBe(Sample.Commands0);
        var day = AuditChain.DayOf(entries[1].AtMs);
        (await Store.VerifyAsync(new AuditDays(day + 1, day + 2), null, None)).Breaks.ShouldBeEmpty();
        (await Store.VerifyAsync(new AuditDays(day, day), null, None)).Breaks.Single().Id.ShouldBe(entries[1].Id);
    }

    [Test]
    public async Task A_missing_entry_is_found_in_the_middle_and_at_the_end([Values(1, 3)] int missing)
    {
        var entries = Enumerable.Range(0, 4).Select(n => Entry(n)).ToArray();
        await Append(entries);

        _stores.Remove(entries[missing].Id);

        var found = (await Store.VerifyAsync(None)).Single();
        (found.Id, found.Kind).ShouldBe((missing == 1 ? entries[2].Id : null, AuditBreakKind.Missing));
    }

    [Test]
    public async Task An_entry_put_in_at_the_end_is_found_also_when_it_is_rightly_chained_and_the_trail_has_gone_on()
    {
        var entries = Enumerable.Range(0, 3).Select(n => Entry(n)).ToArray();
        await Append(entries);
        var last = (await Store.FindAsync(entries[2].Id, None))!;

        _stores.PutIn(Entry(5), last, entries.Length);

        (await Store.VerifyAsync(None)).Single().ShouldSatisfyAllConditions(
            found => found.Partition.ShouldBe(Sample.Commands0), found => found.Kind.ShouldBe(AuditBreakKind.PutIn));
        await Append(Entry(6), Entry(7));
        (await Store.VerifyAsync(None)).Single().ShouldSatisfyAllConditions(
            found => found.Partition.ShouldBe(Sample.Commands0), found => found.Kind.ShouldBe(AuditBreakKind.PutIn));
    }

    [Test]
    public async Task A_batch_that_is_written_again_is_no_forgery()
    {
        var entries = Enumerable.Range(0, 6).Select(n => Entry(n)).ToArray();
        await Append(entries[..4]);
        await Append(entries[2..]);
        await Append(entries);

        var found = await Store.VerifyAsync(AuditDays.All, null, None);

        (found.Entries, found.Chains, found.Trimmed).ShouldBe((6, 1, 0));
        found.Breaks.ShouldBeEmpty();
    }

    [Test]
    public async Task Days_that_retention_has_taken_are_gone_and_what_is_left_verifies()
    {
        var other = new PartitionId(Contracts.Topics.Events, 2);
        var old = new[] { Entry(1), Entry(2), Entry(3, other) };
        var kept = new[] { Entry(Day), Entry(Day + 1, other), Entry(2 * Day) };
        await Append([.. old, .. kept]);
        var before = AuditChain.DayOf(kept[0].AtMs);

        (await Store.TrimAsync(before, None)).ShouldBe(3);
        (await Store.TrimAsync(before, None)).ShouldBe(0);

        (await Store.FindAsync(old[0].Id, None)).ShouldBeNull();
        var found = await Store.VerifyAsync(AuditDays.All, null, None);
        (found.Entries, found.Chains, found.Trimmed).ShouldBe((3, 3, 2));
        found.Breaks.ShouldBeEmpty();

        // What is read again of such a day stays gone.
        await Append(Entry(5), Entry(2 * Day + 1));
        found = await Store.VerifyAsync(AuditDays.All, null, None);
        (found.Entries, found.Breaks.Count).ShouldBe((4, 0));
    }

    [Test]
    public async Task A_day_that_somebody_takes_out_with_its_head_is_missed()
    {
        await Append(Entry(1), Entry(Day), Entry(2 * Day));
        var day = AuditChain.DayOf(Sample.Ms(Day));

        _stores.RemoveDay(day);

        (await Store.VerifyAsync(None)).Single().ShouldSatisfyAllConditions(
            found => (found.Day, found.Partition).ShouldBe((day, Sample.Commands0)), found => found.Kind.ShouldBe(AuditBreakKind.Missing));
    }

    [Test]
    public async Task A_missing_day_is_missed_in_a_range_that_has_it_and_in_no_other()
    {
        await Append(Entry(1), Entry(Day), Entry(2 * Day), Entry(3 * Day));
        var missing = AuditChain.DayOf(Sample.Ms(Day));
        _stores.RemoveDay(missing);

        (await Store.VerifyAsync(new AuditDays(missing, missing), null, None)).Breaks.Single().Day.ShouldBe(missing);
        (await Store.VerifyAsync(new AuditDays(missing - 1, missing + 1), null, None)).Breaks.Single().Day.ShouldBe(missing);
        (await Store.VerifyAsync(new AuditDays(missing + 1, missing + 2), null, None)).Breaks.ShouldBeEmpty();
        (await Store.VerifyAsync(new AuditDays(missing - 1, missing - 1), null, None)).Breaks.ShouldBeEmpty();
    }

    [Test]
    public async Task An_entry_that_is_put_into_another_day_is_found_from_either_side()
    {
        var entries = new[] { Entry(1), Entry(2), Entry(Day), Entry(2 * Day) };
        await Append(entries);
        var (from, to) = (AuditChain.DayOf(entries[1].AtMs), AuditChain.DayOf(entries[2].AtMs));

        _stores.Move(entries[1].Id, entries[2].AtMs + 1);

        (await Store.VerifyAsync(None)).ShouldNotBeEmpty();
        (await Store.VerifyAsync(new AuditDays(from, from), null, None)).Breaks.ShouldNotBeEmpty();
        (await Store.VerifyAsync(new AuditDays(to, to), null, None)).Breaks.ShouldContain(found => found.Id == entries[1].Id && found.Kind == AuditBreakKind.PutIn);
        (await Store.VerifyAsync(new AuditDays(to + 1, to + 1), null, None)).Breaks.ShouldBeEmpty();
    }

    [Test]
    public async Task Verifying_beside_a_running_trim_finds_nothing_wrong()
    {
        var old = Enumerable.Range(0, 3_000).Select(n => Entry(n % 1_000)).ToArray();
        await Append([.. old, Entry(Day), Entry(2 * Day)]);
        var before = AuditChain.DayOf(Sample.Ms(Day));

        var trim = Task.Run(() => Store.TrimAsync(before, None));
        var found = new List<AuditVerification>();
        do
        {
            found.Add(await Store.VerifyAsync(AuditDays.All, null, None));
        }
        while (!trim.IsCompleted);
        found.Add(await Store.VerifyAsync(AuditDays.All, null, None));

        (await trim).ShouldBe(old.Length);
        found.SelectMany(one => one.Breaks).ShouldBeEmpty();
        (found[^1].Entries, found[^1].Trimmed).ShouldBe((2, 1));
    }

    [Test]
    public async Task Days_that_retention_may_take_are_told_with_their_entries_until_it_has()
    {
        await Append(Entry(1), Entry(2), Entry(3, new PartitionId(Contracts.Topics.Events, 2)), Entry(Day));
        var day = AuditChain.DayOf(Sample.Ms(1));

        (await Store.DaysAsync(None)).ShouldBe([new(day, 3), new(day + 1, 1)], ignoreOrder: true);
        await Store.TrimAsync(day + 1, None);
        (await Store.DaysAsync(None)).ShouldBe([new(day + 1, 1)]);
    }

    [Test]
    public async Task A_page_ends_where_it_is_large_enough_and_the_next_one_goes_on()
    {
        var entries = Enumerable.Range(0, 5).Select(n => Entry(n) with { Changes = Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', 100)}\"}}") }).ToArray();
        await Append(entries);

        var (read, pages, cursor) = (new List<Guid>(), new List<int>(), (string?)null);
        do
        {
            var page = await Store.ListAsync(All with { Limit = 100, MaxBytes = 150, OldestFirst = true, Cursor = cursor }, None);
            read.AddRange(page.Items.Select(entry => entry.Id));
            pages.Add(page.Items.Count);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        read.ShouldBe(entries.Select(entry => entry.Id));
        pages.ShouldBe([2, 2, 1]);
    }

    [Test]
    public async Task Entries_are_read_oldest_first_page_by_page()
    {
        var entries = Enumerable.Range(0, 8).Select(n => Entry(n / 2)).ToArray();
        await Append(entries);

        var (read, cursor) = (new List<Guid>(), (string?)null);
        do
        {
            var page = await Store.ListAsync(All with { OldestFirst = true, Cursor = cursor }, None);
            read.AddRange(page.Items.Select(e => e.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        read.ShouldBe(entries.OrderBy(e => e.AtMs).ThenBy(e => e.Id.ToString(), StringComparer.Ordinal).Select(e => e.Id));
    }

    private static AuditEntry Entry(int seconds, PartitionId? partition = null) => new(
        Sample.Id(seconds), partition ?? Sample.Commands0, seconds, Sample.Ms(seconds), "user", "user-1", "created", "UserCreated", null, null, null, "caller",
        null, null, "{}"u8.ToArray(), null, "SUCCEEDED", null);

    private async Task Append(params AuditEntry[] entries)
    {
        var row = await _stores.PositionAsync("audit", Sample.Commands0) ?? await Store.TakeAsync("audit", Sample.Commands0, None);
        var move = new PositionMove("audit", Sample.Commands0, row.Offset + 1, row.Turn, row.Epoch);
        (await Store.AppendAsync([move], entries, None)).ShouldBe(FlushResult.Committed);
    }
}
