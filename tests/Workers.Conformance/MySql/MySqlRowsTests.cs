using MySqlConnector;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Conformance.Store;
using Workers.Engine.Store;

namespace Workers.Conformance.MySql;

/// <summary>Many rows: statements of several sizes, streams longer than a step back, what is trimmed.</summary>
[TestFixture, NeedsMySql]
internal sealed class MySqlRowsTests
{
    private MySqlStores _stores = null!;

    [SetUp]
    public void Open() => _stores = new MySqlStores();

    [TearDown]
    public void Close() => _stores?.Dispose();

    [TestCase(7)]
    [TestCase(521)]
    [TestCase(1_327)]
    public async Task A_flush_of_so_many_rows_is_written_whole_and_found_again(int count)
    {
        var writer = await _stores.State.WriterAsync();
        var keys = Enumerable.Range(0, count).Select(n => new StateKey("user", $"u{n}")).ToList();
        var ids = keys.ConvertAll(_ => Sample.Id());
        var tails = keys.ConvertAll(_ => new StreamTail(0));
        for (var version = 0; version < 2; version++)
        {
            (await writer(f =>
            {
                f.States.AddRange(keys.Select((k, n) => Sample.State(k, version, $"{n}-{version}", tails[n])));
                f.Events.AddRange(keys.Select((k, n) => Sample.Event(k, tails[n], version + 1)));
                f.Outcomes.AddRange(version == 0 ? ids.Select(id => new OutcomeWrite(Sample.Outcome(id), false)) : []);
                f.Timers.AddRange(keys.Select(k => new TimerWrite(Guid.NewGuid(), Sample.Ms(1), Sample.Record(k.Id))));
                f.Parked.AddRange(keys.Select((k, n) => Sample.Parked(n, k.Id)));
            })).ShouldBe(FlushResult.Committed);
        }

        using var reader = _stores.State.OpenReader();
        var states = new Dictionary<StateKey, StateRow>();
        reader.FindStates(keys, states);
        keys.Select(k => Sample.Text(states[k].Data)).ShouldBe(keys.Select((_, n) => $"{n}-1"));
        var outcomes = new Dictionary<Guid, Outcome>();
        reader.FindOutcomes(ids, outcomes);
        outcomes.Count.ShouldBe(count);
        reader.Events(keys[^1], 1, 10).Select(e => e.Version).ShouldBe([1, 2]);
        reader.Parked("commands", Sample.Commands0, -1, 10_000).Count.ShouldBe(count);
        reader.DueTimers("commands", Sample.Commands0, Sample.Ms(2), 10_000, out _).Count.ShouldBe(count * 2);
    }

    [Test]
    public async Task A_long_stream_written_in_one_flush_is_read_in_pages()
    {
        const int Length = 1_811;
        var (writer, key, tail) = (await _stores.State.WriterAsync(), new StateKey("order", "long"), new StreamTail(0));
        await writer(f =>
        {
            f.Events.AddRange(Enumerable.Range(1, Length).Select(version => Sample.Event(key, tail, version)));
            f.States.Add(Sample.State(key, 0, "{}", tail) with { Version = Length });
        });

        using var reader = _stores.State.OpenReader();
        var read = new List<long>();
        while (reader.Events(key, read.Count + 1, 300) is { Count: > 0 } page)
        {
            read.AddRange(page.Select(e => e.Version));
        }

        read.ShouldBe(Enumerable.Range(1, Length).Select(n => (long)n));
        reader.Events(key, Length, 10).Single().Version.ShouldBe(Length);
        reader.Events(key, 1_000, 2).Select(e => e.Version).ShouldBe([1_000, 1_001]);
    }

    [Test]
    public async Task One_stale_state_among_many_fails_the_flush_by_name()
    {
        var writer = await _stores.State.WriterAsync();
        var keys = Enumerable.Range(0, 130).Select(n => new StateKey("user", $"u{n}")).ToList();
        await writer(f => f.States.AddRange(keys.Select(k => Sample.State(k, 0, "1"))));

        (await Should.ThrowAsync<FlushFailedException>(() => writer(f =>
            f.States.AddRange(keys.Select((k, n) => Sample.State(k, n == 77 ? 5 : 1, "2")))))).Message.ShouldContain("'u77' was expected at version 5");
        (await Should.ThrowAsync<FlushFailedException>(() => writer(f =>
            f.States.AddRange([.. keys.Select(k => Sample.State(k, 1, "2")), Sample.State(new StateKey("user", "nobody"), 3, "2")])))).Message.ShouldContain("'nobody'");

        Sample.Text(_stores.State.Find(keys[0])!.Data).ShouldBe("1");
    }

    [Test]
    public async Task What_a_flush_sends_may_be_larger_than_a_row()
    {
        var row = await _stores.State.TakeAsync("commands", Sample.Commands0, CancellationToken.None);
        var flush = Sample.Flush(row.Turn, row.Epoch, 1);
        var records = Enumerable.Range(0, 9).Select(n => Sample.Record($"k{n}", $"\"{new string('x', 3 << 20)}\"", Topics.Events)).ToList();
        flush.Outgoing.AddRange(records);
        flush.Position = flush.Position with { OutSeq = 9 };

        (await _stores.State.FlushAsync(flush)).ShouldBe(FlushResult.Committed);

        var batches = await _stores.State.Outbox!.ReadAsync("commands", Sample.Commands0, 0, 100, CancellationToken.None);
        batches.SelectMany(b => b.Records).Select(r => r.Id).ShouldBe(records.Select(r => r.Id));
        batches[^1].LastSeq.ShouldBe(9);
        batches.Count.ShouldBeGreaterThan(1);
        batches.Aggregate(0L, (seq, batch) => seq + batch.Records.Count == batch.LastSeq ? batch.LastSeq : -1).ShouldBe(9);
    }

    [Test]
    public async Task Old_outcomes_and_callers_keys_are_forgotten_but_for_open_ones_and_dead_letters()
    {
        var writer = await _stores.State.WriterAsync();
        CommandState[] states = [CommandState.Succeeded, CommandState.Failed, CommandState.Running, CommandState.DeadLettered];
        var ids = states.Select(_ => Sample.Id()).ToList();
        var key = new CallerKeyWrite(Guid.NewGuid(), ids[0], [1], Sample.Ms(0));
        var later = (Id: Sample.Id(3_600), Key: new CallerKeyWrite(Guid.NewGuid(), ids[0], [1], Sample.Ms(3_600)));
        await writer(f =>
        {
            f.Outcomes.AddRange(ids.Select((id, n) => new OutcomeWrite(Sample.Outcome(id, states[n]), false)));
            f.Outcomes.Add(new OutcomeWrite(Sample.Outcome(later.Id), false));
            f.CallerKeys.AddRange([key, later.Key]);
        });

        await _stores.TrimEverythingOldAsync();

        _stores.State.Outcomes([.. ids, later.Id]).Keys.ShouldBe([ids[2], ids[3], later.Id], ignoreOrder: true);
        using var reader = _stores.State.OpenReader();
        var found = new Dictionary<Guid, CallerKeyWrite>();
        reader.FindCallerKeys([key.Hash, later.Key.Hash], found);
        found.Keys.ShouldBe([later.Key.Hash]);
    }

    [Test]
    public async Task Paging_through_all_events_misses_none_that_was_committed_before_it_began()
    {
        using var slow = new MySqlConnection(_stores.ConnectionString);
        slow.Open();
        using var transaction = slow.BeginTransaction();
        using var insert = new MySqlCommand(
            $"INSERT INTO events(stream, version, prev, at, schema_no, type, command_id, data) VALUES(x'01', 1, 0, 1, 1, 'UserCreated', x'{Sample.Id():N}', '{{}}')", slow, transaction);
        insert.ExecuteNonQuery();
        var writer = await _stores.State.WriterAsync();
        var (ada, tail) = (new StateKey("user", "ada"), new StreamTail(0));
        await writer(f =>
        {
            f.Events.Add(Sample.Event(ada, tail, 1));
            f.States.Add(Sample.State(ada, 0, "1", tail));
        });
        using var reader = _stores.State.OpenReader();
        reader.EventsAfter(0, 1).Single().Stream.ShouldBe(ada, "a number that is taken and not committed does not hold others up");

        transaction.Commit();

        reader.EventsAfter(tail.LastEvent, 1).ShouldBeEmpty("it is numbered behind where this reader is");
        _stores.Execute($"SELECT COUNT(*) FROM events WHERE seq < {tail.LastEvent}").ShouldBe(1L);
    }

    [Test]
    public async Task A_value_that_does_not_fit_fails_the_flush_and_leaves_nothing()
    {
        var writer = await _stores.State.WriterAsync();

        await Should.ThrowAsync<FlushFailedException>(() => writer(f =>
        {
            f.States.Add(Sample.State(new StateKey("user", "ada"), 0, "1"));
            f.Uniques.Add(new UniqueWrite("email", new string('x', 5_000), "ada", false));
        }));

        _stores.State.Find(new StateKey("user", "ada")).ShouldBeNull();
    }
}
