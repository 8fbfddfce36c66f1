using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.Conformance.Projections;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.MongoDb;
using Workers.MongoDb.Audit;

namespace Workers.Conformance.MongoDb;

/// <summary>What keeps the chains right without transactions.</summary>
[TestFixture]
internal sealed class MongoAuditTests
{
    private const string Group = "audit";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly AuditQuery All = new(null, null, null, null, null, null, null, null, 100, null);

    private MongoStores _stores = null!;

    [SetUp]
    public void Open() => _stores = new MongoStores();

    [TearDown]
    public void Close() => _stores?.Dispose();

    /// <param name="written">Entries of the batch that were written before the process died.</param>
    /// <param name="heads">Whether it got as far as to move the chain's head.</param>
    [TestCase(1, false)]
    [TestCase(4, false)]
    [TestCase(4, true)]
    public async Task A_batch_interrupted_before_its_position_moved_is_repeated_in_other_pieces(int written, bool heads)
    {
        var entries = Entries(8);
        await Append(entries[..2]);
        _stores.Run(client =>
        {
            var tails = ChainTails.Read(client, [ChainKey.Of(entries[0])]);
            AuditTable.Insert(client, entries[2..(2 + written)], tails).ShouldBeTrue();
            return heads && tails.SaveHeads(client);
        });

        // Until it is finished nobody can tell it from entries that were put in.
        (await _stores.Audit.VerifyAsync(None)).Select(found => found.Id).ShouldBe(heads ? [] : [entries[2].Id]);
        _stores.Reopen();
        await Append(entries[2..5]);
        await Append(entries[5..]);

        await ShouldHoldOnce(entries);
    }

    [Test]
    public async Task Two_workers_on_one_partition_make_one_chain()
    {
        var entries = Entries(24);
        using var other = _stores.Open();

        // Neither looks at the position: so late is the one that has lost the partition.
        await Task.WhenAll(
            AppendSingly(_stores.Audit, entries),
            AppendSingly(other.Audit, [.. entries[..12].Reverse(), .. entries[12..]]));

        await ShouldHoldOnce(entries);
    }

    [Test]
    public async Task Who_lost_the_partition_is_told_and_writes_nothing()
    {
        var mine = await _stores.Audit.TakeAsync(Group, Sample.Commands0, None);
        var theirs = await _stores.Audit.TakeAsync(Group, Sample.Commands0, None);
        theirs.ShouldBe(mine with { Epoch = mine.Epoch + 1, Clean = false });
        var entries = Entries(2);

        (await _stores.Audit.AppendAsync([new PositionMove(Group, Sample.Commands0, 1, mine.Turn, mine.Epoch)], entries[..1], None)).ShouldBe(FlushResult.Moved);
        (await _stores.Audit.AppendAsync([new PositionMove(Group, Sample.Commands0, 1, theirs.Turn, theirs.Epoch)], entries[1..], None))
            .ShouldBe(FlushResult.Committed);

        await ShouldHoldOnce(entries[1..]);
    }

    [Test]
    public async Task Entries_put_in_or_a_head_taken_out_are_found()
    {
        var entries = Entries(3);
        await Append(entries);
        var chain = ChainKey.Of(entries[0]);
        _stores.Run(client => client.Write(
            AuditTable.Entries, [MongoWrite.Insert(AuditDocument.Write(Entries(4)[3], chain, 4, new byte[32]))]));
        (await _stores.Audit.VerifyAsync(None)).Single().Problem.ShouldContain("not what was hashed");

        _stores.Run(client => client.Command(new JsonObject { ["drop"] = AuditTable.Heads }));
        await Append(Entries(6)[5..]);

        (await _stores.Audit.VerifyAsync(None)).ShouldNotBeEmpty();
        _stores.Run(client => client.Count(AuditTable.Heads, [])).ShouldBe(0);
    }

    [Test]
    public async Task What_is_no_text_is_kept_and_verified()
    {
        var odd = "a\0b\ud800c\u2028\"\\é😀";
        byte[] changes = [.. "{\"n\":1.10,\"s\":\""u8, 0xff, 0, .. "\"}"u8];
        var entry = Entries(1)[0] with { EntityId = odd, Actor = odd, Reason = odd, UserAgent = odd, Changes = changes };

        await Append(entry);

        (await _stores.Audit.FindAsync(entry.Id, None))!.Changes.ShouldBe(changes);
        (await _stores.Audit.FindAsync(entry.Id, None))!.Reason.ShouldBe("a\ufffdb\ufffdc\u2028\"\\é😀");
        (await _stores.Audit.VerifyAsync(None)).ShouldBeEmpty();
    }

    [Test]
    public async Task Retention_takes_what_an_interrupted_batch_has_left_behind_the_head_and_what_comes_late()
    {
        var entries = Entries(6);
        var chain = ChainKey.Of(entries[0]);
        await Append(entries[..2]);
        var late = _stores.Run(client => ChainTails.Read(client, [chain]));
        _stores.Run(client => AuditTable.Insert(client, entries[2..4], ChainTails.Read(client, [chain])));

        (await _stores.Audit.TrimAsync(chain.Day + 1, None)).ShouldBe(4);

        // Whoever has read the head before it was marked.
        _stores.Run(client => AuditTable.Insert(client, entries[4..], late));
        (await _stores.Audit.TrimAsync(chain.Day + 1, None)).ShouldBe(2);
        (await _stores.Audit.TrimAsync(chain.Day + 1, None)).ShouldBe(0);
        _stores.Run(client => client.Count(AuditTable.Entries, [])).ShouldBe(0);
        (await _stores.Audit.VerifyAsync(None)).ShouldBeEmpty();
    }

    internal static AuditEntry[] Entries(int count) =>
    [
        .. Enumerable.Range(0, count).Select(n => new AuditEntry(
            Sample.Id(n), Sample.Commands0, n, Sample.Ms(n), "user", $"user-{n}", "created", "UserCreated", null, null, null, "caller",
            null, null, "{}"u8.ToArray(), null, "SUCCEEDED", null)),
    ];

    private static async Task AppendSingly(IAuditStore store, IEnumerable<AuditEntry> entries)
    {
        foreach (var pair in entries.Chunk(2))
        {
            (await store.AppendAsync([], pair, None)).ShouldBe(FlushResult.Committed);
        }
    }

    private async Task ShouldHoldOnce(AuditEntry[] entries)
    {
        (await _stores.Audit.VerifyAsync(None)).ShouldBeEmpty();
        (await _stores.Audit.ListAsync(All, None)).Items.Select(e => e.Id).ShouldBe(entries.Select(e => e.Id), ignoreOrder: true);
        var head = _stores.Run(client => client.Find(AuditTable.Heads, []).Single());
        (head.Int64("entries"), Convert.ToHexString(head.Bytes("hash"))).ShouldBe((entries.Length, _stores.Run(client =>
            Convert.ToHexString(client.Find(AuditTable.Entries, new JsonObject { ["n"] = entries.Length }).Single().Bytes("hash")))));
    }

    private async Task Append(params AuditEntry[] entries)
    {
        var row = await _stores.Audit.TakeAsync(Group, Sample.Commands0, None);
        var move = new PositionMove(Group, Sample.Commands0, row.Offset + entries.Length, row.Turn, row.Epoch);
        (await _stores.Audit.AppendAsync([move], entries, None)).ShouldBe(FlushResult.Committed);
    }
}
