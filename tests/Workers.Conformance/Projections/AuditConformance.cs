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
            All with { UserId = "ada" }, All with { CommandId = wanted.CommandId }, All with { FromMs = Sample.Ms(5), ToMs = Sample.Ms(5) },
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
        found.Id.ShouldBe(entries[1].Id);
        found.Partition.ShouldBe(Sample.Commands0);
    }

    [Test]
    public async Task A_missing_entry_is_found_in_the_middle_and_at_the_end([Values(1, 3)] int missing)
    {
        var entries = Enumerable.Range(0, 4).Select(n => Entry(n)).ToArray();
        await Append(entries);

        _stores.Remove(entries[missing].Id);

        (await Store.VerifyAsync(None)).Single().Id.ShouldBe(missing == 1 ? entries[2].Id : null);
    }

    [Test]
    public async Task An_entry_put_in_at_the_end_is_found_also_when_it_is_rightly_chained_and_the_trail_has_gone_on()
    {
        var entries = Enumerable.Range(0, 3).Select(n => Entry(n)).ToArray();
        await Append(entries);
        var last = (await Store.FindAsync(entries[2].Id, None))!;

        _stores.PutIn(Entry(5), last, entries.Length);

        (await Store.VerifyAsync(None)).Single().Partition.ShouldBe(Sample.Commands0);
        await Append(Entry(6), Entry(7));
        (await Store.VerifyAsync(None)).Single().Partition.ShouldBe(Sample.Commands0);
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
