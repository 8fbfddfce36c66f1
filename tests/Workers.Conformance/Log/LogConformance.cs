using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Conformance.Log;

/// <summary>What every log must do.</summary>
public abstract class LogConformance
{
    private static readonly CancellationToken None = CancellationToken.None;

    private Stores _stores = null!;

    private ILog Log => _stores.Log;

    protected abstract Stores Make();

    [SetUp]
    public void Open() => _stores = Make();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [Test]
    public async Task A_record_is_there_as_it_was_appended_after_reopening()
    {
        var record = Sample.Record("ada", """{"name":"Ada"}""");
        await Log.AppendAsync(record, None);

        _stores.Reopen();
        var read = (await Log.ReadAsync(record.Where, record.Offset, None)).ShouldNotBeNull();

        read.Id.ShouldBe(record.Id);
        read.Key.ShouldBe("ada");
        read.TimestampMs.ShouldBe(record.TimestampMs);
        read.Headers.All().ShouldBe(record.Headers.All());
        Sample.Text(read.Value).ShouldBe("""{"name":"Ada"}""");
        read.Where.ShouldBe(record.Where);
        read.Offset.ShouldBe(record.Offset);
    }

    [Test]
    public async Task An_empty_value_and_a_large_one_are_kept()
    {
        var (empty, large) = (Sample.Record("a", ""), Sample.Record("a", new string('x', 1 << 20)));
        await Log.AppendAsync([empty, large], None);

        (await Log.ReadAsync(empty.Where, empty.Offset, None))!.Value.Length.ShouldBe(0);
        (await Log.ReadAsync(large.Where, large.Offset, None))!.Value.Length.ShouldBe(1 << 20);
    }

    [Test]
    public async Task Keys_lie_where_every_other_producer_puts_them()
    {
        foreach (var partition in Enumerable.Range(0, 4))
        {
            var record = Sample.Record(Sample.KeyOf(partition));
            await Log.AppendAsync(record, None);
            record.Partition.ShouldBe(partition);
        }

        Log.Partitions(Topics.Commands).ShouldBe(4);
        Log.Partitions(Topics.Control).ShouldBe(1);
    }

    [Test]
    public async Task Records_of_a_key_are_read_in_the_order_of_their_appends()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async caller =>
        {
            for (var n = 0; n < 20; n++)
            {
                await Log.AppendAsync(Sample.Record($"caller-{caller}", $"{n}"), None);
            }
        }));

        var read = Read(Topics.Commands, [.. Enumerable.Range(0, 4).Select(n => Cursor(n))]);

        read.Count.ShouldBe(400);
        foreach (var caller in read.GroupBy(r => r.Key))
        {
            caller.Select(r => int.Parse(Sample.Text(r.Value))).ShouldBe(Enumerable.Range(0, 20));
        }
    }

    [Test]
    public async Task Offsets_of_a_partition_grow_and_name_their_records()
    {
        var records = Enumerable.Range(0, 50).Select(n => Sample.Record($"key-{n}")).ToList();
        await Log.AppendAsync(records, None);

        foreach (var partition in records.GroupBy(r => r.Partition))
        {
            partition.Select(r => r.Offset).ShouldBeInOrder();
            partition.Select(r => r.Offset).ShouldBeUnique();
        }

        foreach (var record in records)
        {
            (await Log.ReadAsync(record.Where, record.Offset, None))!.Id.ShouldBe(record.Id);
        }

        (await Log.ReadAsync(records[0].Where, records.Max(r => r.Offset) + 1_000, None)).ShouldBeNull();
    }

    [Test]
    public async Task A_batch_with_a_record_that_cannot_be_appended_leaves_none_behind()
    {
        var before = await Log.EndsAsync(Topics.Commands, None);
        LogRecord[] batch = [Sample.Record("a"), Sample.Record("b", topic: "no.such.topic")];

        await Should.ThrowAsync<ArgumentException>(() => Log.AppendAsync(batch, None));

        await Log.AppendAsync(Sample.Record("c"), None);
        (await Log.EndsAsync(Topics.Commands, None)).Zip(before).Count(e => e.First != e.Second).ShouldBe(1);
        Read(Topics.Commands, [.. Enumerable.Range(0, 4).Select(n => Cursor(n))]).Select(r => r.Key).ShouldBe(["c"]);
    }

    [Test]
    public async Task Ends_are_the_offsets_after_the_last_records_also_after_reopening()
    {
        var record = Sample.Record(Sample.KeyOf(2));
        await Log.AppendAsync(record, None);
        var ends = await Log.EndsAsync(Topics.Commands, None);
        ends.Count.ShouldBe(4);
        ends[2].ShouldBe(record.Offset + 1);

        _stores.Reopen();
        (await Log.EndsAsync(Topics.Commands, None)).ShouldBe(ends);
    }

    [Test]
    public async Task Fill_reads_from_next_on_and_moves_past_what_it_looked_at()
    {
        var records = Enumerable.Range(0, 10).Select(_ => Sample.Record(Sample.KeyOf(0))).ToList();
        await Log.AppendAsync(records, None);
        using var wake = new Signal();
        using var reader = Log.OpenReader([Topics.Commands], wake);
        var (cursor, idle) = (Cursor(0, records[4].Offset), Cursor(1));

        Fill(reader, wake, [cursor, idle]).ShouldBeTrue();

        Ids(cursor).ShouldBe(records.Skip(4).Select(r => r.Id));
        cursor.Next.ShouldBeGreaterThan(records[9].Offset);
        idle.Pending.ShouldBeEmpty();
        Fill(reader, wake, [cursor, idle]).ShouldBeFalse();
        cursor.Pending.Count.ShouldBe(6);
    }

    [Test]
    public async Task A_full_cursor_stays_where_it_is_until_there_is_room()
    {
        var (full, other) = (new PartitionCursor(new PartitionId(Topics.Commands, 0), 0, 3), Cursor(1));
        var records = Enumerable.Range(0, 10).Select(n => Sample.Record(Sample.KeyOf(n % 2))).ToList();
        await Log.AppendAsync(records, None);
        using var wake = new Signal();
        using var reader = Log.OpenReader([Topics.Commands], wake);

        Fill(reader, wake, [full, other]).ShouldBeTrue();
        full.Pending.Count.ShouldBe(3);
        other.Pending.Count.ShouldBe(5);
        Fill(reader, wake, [full, other]).ShouldBeFalse();

        var read = new List<Guid>();
        while (full.Pending.Count > 0 || Fill(reader, wake, [full, other]))
        {
            read.Add(full.Take().Id);
        }

        read.ShouldBe(records.Where(r => r.Partition == 0).Select(r => r.Id));
        other.Pending.Count.ShouldBe(5);
    }

    [Test]
    public async Task A_cursor_that_was_rewound_reads_again_without_disturbing_others()
    {
        var records = Enumerable.Range(0, 10).Select(n => Sample.Record(Sample.KeyOf(n % 2))).ToList();
        await Log.AppendAsync(records, None);
        using var wake = new Signal();
        using var reader = Log.OpenReader([Topics.Commands], wake);
        var (rewound, other) = (Cursor(0), Cursor(1));
        Fill(reader, wake, [rewound, other]);

        rewound.Rewind(records[4].Offset);

        Fill(reader, wake, [rewound, other]).ShouldBeTrue();
        Ids(rewound).ShouldBe(records.Where(r => r.Partition == 0).Skip(2).Select(r => r.Id));
        other.Pending.Count.ShouldBe(5);
    }

    [Test]
    public async Task A_reader_sees_only_its_topics_and_partitions()
    {
        await Log.AppendAsync([Sample.Record("a"), Sample.Record("a", topic: Topics.Events), Sample.Record("a", topic: Topics.Flows)], None);
        using var wake = new Signal();
        using var reader = Log.OpenReader([Topics.Commands, Topics.Flows], wake);
        var partition = Murmur2.Partition("a", 4);
        var cursors = new[] { new PartitionCursor(new PartitionId(Topics.Commands, partition), 0), new PartitionCursor(new PartitionId(Topics.Flows, partition), 0) };

        Fill(reader, wake, cursors).ShouldBeTrue();

        cursors.Select(c => c.Pending.Single().Topic).ShouldBe([Topics.Commands, Topics.Flows]);
        Fill(reader, wake, [new PartitionCursor(new PartitionId(Topics.Commands, (partition + 1) % 4), 0)]).ShouldBeFalse();
    }

    [Test]
    public async Task More_records_of_others_than_fit_one_reading_do_not_hide_what_comes_after_them()
    {
        for (var n = 0; n < 5; n++)
        {
            await Log.AppendAsync([.. Enumerable.Range(0, 1_000).Select(_ => Sample.Record(Sample.KeyOf(0)))], None);
        }

        var last = Sample.Record(Sample.KeyOf(1));
        await Log.AppendAsync(last, None);
        using var wake = new Signal();
        using var reader = Log.OpenReader([Topics.Commands], wake);
        var cursor = Cursor(1);

        Fill(reader, wake, [cursor]).ShouldBeTrue();
        Ids(cursor).ShouldBe([last.Id]);
    }

    [Test]
    public async Task A_reader_is_woken_by_records_of_its_topics()
    {
        using var wake = new Signal();
        using var reader = Log.OpenReader([Topics.Events], wake);
        var (cursor, woken) = (new PartitionCursor(new PartitionId(Topics.Events, 0), 0), new TaskCompletionSource<bool>());
        reader.Fill([cursor]).ShouldBeFalse();
        var pump = new Thread(() =>
        {
            // Far longer than a commit: where no signal comes the waiting ends without a record.
            var found = false;
            for (var signals = 0; !found && signals < 100; signals++)
            {
                wake.Wait(TimeSpan.FromSeconds(30));
                found = reader.Fill([cursor]);
            }

            woken.SetResult(found);
        });
        pump.Start();

        await Log.AppendAsync(Sample.Record(Sample.KeyOf(0), topic: Topics.Events), None);

        (await woken.Task).ShouldBeTrue();
        pump.Join();
    }

    [Test]
    public async Task Retention_never_goes_past_what_a_group_has_read()
    {
        var records = Enumerable.Range(0, 20).Select(_ => Sample.Record(Sample.KeyOf(0))).ToList();
        await Log.AppendAsync(records, None);
        var row = await _stores.State.TakeAsync("commands", Sample.Commands0, None);
        await _stores.State.TakeAsync("audit", Sample.Commands0, None);
        await _stores.State.FlushAsync(Sample.Flush(row.Turn, row.Epoch, records[19].Offset + 1));
        await _stores.State.FlushAsync(Sample.Flush(0, 1, records[12].Offset, "audit"));

        await _stores.TrimEverythingOldAsync();

        (await Log.ReadAsync(Sample.Commands0, records[11].Offset, None)).ShouldBeNull();
        (await Log.ReadAsync(Sample.Commands0, records[12].Offset, None)).ShouldNotBeNull();
    }

    [Test]
    public async Task Offsets_go_on_after_everything_was_trimmed_and_reopened()
    {
        var old = Sample.Record(Sample.KeyOf(0));
        await Log.AppendAsync(old, None);
        await _stores.TrimEverythingOldAsync();
        (await Log.ReadAsync(old.Where, old.Offset, None)).ShouldBeNull();

        _stores.Reopen();
        (await Log.StartsAsync(Topics.Commands, None))[0].ShouldBe(old.Offset + 1, "who goes on from before it has missed it");
        (await Log.StartsAsync(Topics.Events, None))[0].ShouldBe(0);
        var fresh = Sample.Record(Sample.KeyOf(0));
        await Log.AppendAsync(fresh, None);

        fresh.Offset.ShouldBeGreaterThan(old.Offset);
    }

    [Test]
    public async Task A_damaged_record_is_delivered_as_such_and_the_others_are_not_disturbed()
    {
        var records = Enumerable.Range(0, 3).Select(_ => Sample.Record(Sample.KeyOf(0), """{"name":"Ada"}""")).ToList();
        await Log.AppendAsync(records, None);
        _stores.Damage(records[1]);

        var read = Read(Topics.Commands, [Cursor(0)]);

        read.Select(r => r.Offset).ShouldBe(records.Select(r => r.Offset));
        read[1].Key.ShouldBe("");
        read[1].Headers.Get(HeaderName.Reason).ShouldBe("checksum");
        read[2].Id.ShouldBe(records[2].Id);
    }

    private static PartitionCursor Cursor(int partition, long next = 0) => new(new PartitionId(Topics.Commands, partition), next);

    private static IEnumerable<Guid> Ids(PartitionCursor cursor) => cursor.Pending.Select(r => r.Id);

    /// <summary>Until each cursor is full or at the end of its partition: over a network records take their time.</summary>
    private bool Fill(ILogReader reader, Signal wake, IReadOnlyList<PartitionCursor> cursors)
    {
        var ends = cursors.Select(c => c.Partition.Topic).Distinct().ToDictionary(t => t, t => Log.EndsAsync(t, None).AsTask().GetAwaiter().GetResult());
        var found = reader.Fill(cursors);
        while (IsBehind())
        {
            if (reader.Fill(cursors))
            {
                found = true;
            }
            else if (IsBehind())
            {
                wake.Wait(TimeSpan.FromSeconds(30));
            }
        }

        return found;

        // Where nothing was found, it may have moved past what is no record.
        bool IsBehind() => cursors.Any(c => c.HasRoom && c.Next < ends[c.Partition.Topic][c.Partition.Number]);
    }

    private List<LogRecord> Read(string topic, PartitionCursor[] cursors)
    {
        using var wake = new Signal();
        using var reader = Log.OpenReader([topic], wake);
        Fill(reader, wake, cursors);

        return [.. cursors.SelectMany(c => c.Pending)];
    }
}
