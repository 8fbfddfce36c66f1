using System.Globalization;
using MySqlConnector;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Store;
using Workers.MySql;
using Workers.MySql.Connections;

namespace Workers.Conformance.MySql;

/// <summary>What happens to flushes and reads when the server, the way to it, or another worker is in the way.</summary>
[TestFixture, NeedsMySql]
internal sealed class MySqlFailureTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly StateKey Ada = new("user", "ada");

    private TcpGate _gate = null!;
    private MySqlStores _stores = null!;

    [SetUp]
    public void Open()
    {
        var server = new MySqlConnectionStringBuilder(Environment.GetEnvironmentVariable(NeedsMySqlAttribute.Variable)!);
        _gate = new TcpGate(server.Server, (int)server.Port);
        _stores = new MySqlStores(options => options with
        {
            ConnectionString = new MySqlConnectionStringBuilder(options.ConnectionString) { Server = "127.0.0.1", Port = (uint)_gate.Port }.ConnectionString,
            Timeout = TimeSpan.FromSeconds(3),
        });
    }

    [TearDown]
    public void Close()
    {
        _gate.Thaw();
        _stores.Dispose();
        _gate.Dispose();
    }

    [Test]
    public async Task After_a_commit_whose_answer_was_lost_the_position_tells_that_it_was_done()
    {
        var row = await TakeAsync(_stores.State);
        _gate.BreakAt("COMMIT", passes: true);

        await Should.ThrowAsync<StoreUnavailableException>(_stores.State.FlushAsync(Writing(row, 0)));

        (await _stores.State.PositionAsync("commands", Sample.Commands0, None))!.Turn.ShouldBe(row.Turn + 1);
        (await _stores.State.FlushAsync(Writing(row, 0))).ShouldBe(FlushResult.Moved, "nothing is written twice");
        (await _stores.State.FlushAsync(Writing(row with { Turn = row.Turn + 1 }, 1))).ShouldBe(FlushResult.Committed);
    }

    [Test]
    public async Task After_a_commit_that_did_not_arrive_the_position_tells_that_nothing_was_done()
    {
        var row = await TakeAsync(_stores.State);
        _gate.BreakAt("COMMIT", passes: false);

        await Should.ThrowAsync<StoreUnavailableException>(_stores.State.FlushAsync(Writing(row, 0)));

        (await _stores.State.PositionAsync("commands", Sample.Commands0, None))!.Turn.ShouldBe(row.Turn);
        using var reader = _stores.State.OpenReader();
        var found = new Dictionary<StateKey, StateRow>();
        reader.FindStates([Ada], found);
        found.ShouldBeEmpty();
        (await _stores.State.FlushAsync(Writing(row, 0))).ShouldBe(FlushResult.Committed);
    }

    [Test]
    public async Task A_flush_that_finds_its_connection_dead_is_written_on_a_new_one()
    {
        var row = await TakeAsync(_stores.State);
        _gate.Break();

        (await _stores.State.FlushAsync(Writing(row, 0))).ShouldBe(FlushResult.Committed);
    }

    [Test]
    public async Task A_reader_connects_anew_after_its_connection_has_broken()
    {
        using var reader = _stores.State.OpenReader();
        reader.CountDeadLetters().ShouldBe(0);
        _gate.Break();

        reader.CountDeadLetters().ShouldBe(0);
        (await _stores.State.PositionsAsync(None)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_server_that_stands_still_holds_nobody_for_ever_and_what_was_asked_goes_on_after_it()
    {
        var row = await TakeAsync(_stores.State);
        using var reader = _stores.State.OpenReader();
        reader.CountDeadLetters();
        _gate.Freeze();

        var flushed = _stores.State.FlushAsync(Writing(row, 0));
        var position = _stores.State.PositionAsync("commands", Sample.Commands0, None);
        var count = Task.Factory.StartNew(() => reader.FindUnique("email", "a"), None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Should.ThrowAsync<StoreUnavailableException>(flushed.WaitAsync(Bound));
        await Should.ThrowAsync<StoreUnavailableException>(position.WaitAsync(Bound));
        await Should.ThrowAsync<StoreUnavailableException>(count.WaitAsync(Bound));
        _gate.Thaw();

        var stored = (await _stores.State.PositionAsync("commands", Sample.Commands0, None))!;
        var result = await _stores.State.FlushAsync(Writing(stored, (int)stored.Turn));
        result.ShouldBeOneOf(FlushResult.Committed, FlushResult.Moved);
        reader.CountDeadLetters().ShouldBe(0);
    }

    [Test]
    public async Task While_the_server_is_silent_a_few_readers_wait_for_it_and_the_others_are_told_at_once()
    {
        _gate.Freeze();
        using var deadline = new CancellationTokenSource(Bound);
        using var next = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var reads = new List<Task<string>>();
        while (!reads.Exists(r => r.IsCompleted && r.Result.Contains("has answered nobody", StringComparison.Ordinal)))
        {
            reads.Add(Task.Factory.StartNew(Refused, None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            await next.WaitForNextTickAsync(deadline.Token);
        }

        _gate.Thaw();
        await Task.WhenAll(reads).WaitAsync(Bound);
        using var reader = _stores.State.OpenReader();
        reader.CountDeadLetters().ShouldBe(0);

        string Refused()
        {
            try
            {
                using var asking = _stores.State.OpenReader();
                asking.CountDeadLetters();
                return "";
            }
            catch (StoreUnavailableException refused)
            {
                return refused.Message;
            }
        }
    }

    [Test]
    public void Connections_for_reading_are_no_more_than_may_be_and_no_older()
    {
        var options = _stores.Options with { MaxConnections = 1, ConnectionLifetime = TimeSpan.FromMilliseconds(-1) };
        using var readers = new Readers(new Server(options), options);
        var session = readers.Take();
        var first = readers.Ask(session, Connection);

        Should.Throw<StoreUnavailableException>(() => readers.Take()).Message.ShouldContain("MaxConnections");

        readers.Return(session);
        var again = readers.Take();
        readers.Ask(again, Connection).ShouldNotBe(first);
        readers.Return(again);

        static long Connection(Session asked) => asked["SELECT CONNECTION_ID()"].Read(row => row.Int64(0))[0];
    }

    [Test]
    public async Task A_small_flush_takes_two_round_trips()
    {
        var row = await TakeAsync(_stores.State);
        var (asked, tail) = (_gate.Asked, new StreamTail(0));

        (await _stores.State.FlushAsync(Writing(row, 0, tail))).ShouldBe(FlushResult.Committed);

        (_gate.Asked - asked).ShouldBe(2);
    }

    [Test]
    public async Task A_connection_that_nobody_uses_is_alive_after_longer_than_the_server_waits_for_one_that_writes()
    {
        var row = await TakeAsync(_stores.State);
        using var admin = new MySqlConnection(_stores.ConnectionString);
        admin.Open();
        var before = Connections(admin);

        // Asked of the server, which is who would end it.
        Run(admin, "DO SLEEP(2); DO SLEEP(2); DO SLEEP(2)");

        Connections(admin).ShouldBe(before);
        (await _stores.State.FlushAsync(Writing(row, 0))).ShouldBe(FlushResult.Committed);
        Connections(admin).ShouldBe(before);
    }

    [Test]
    public async Task A_flush_that_a_deadlock_undid_is_written_by_itself()
    {
        var row = await TakeAsync(_stores.State);
        await _stores.State.FlushAsync(Writing(row, 0));
        using var other = new MySqlConnection(new MySqlConnectionStringBuilder(_stores.ConnectionString) { AllowUserVariables = true }.ConnectionString);
        other.Open();

        // The heavier of the two survives.
        Run(other, "CREATE TABLE weight(n INT PRIMARY KEY); START TRANSACTION; INSERT INTO weight VALUES " + string.Join(",", Enumerable.Range(0, 500).Select(n => $"({n})")));
        Run(other, "SELECT * FROM state FOR UPDATE");
        var tail = new StreamTail(0);
        var flush = Writing(row with { Turn = row.Turn + 1 }, 1, tail);
        var flushed = _stores.State.FlushAsync(flush);
        do
        {
            // The server shows nothing new to who asks more often.
            Run(other, "DO SLEEP(0.2)");
        }
        while (!flushed.IsCompleted && (long)Run(other, "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")! == 0);

        Run(other, "UPDATE positions SET off = off + 1");
        Run(other, "ROLLBACK");

        (await flushed).ShouldBe(FlushResult.Committed);
        using var reader = _stores.State.OpenReader();
        reader.Events(Ada, 1, 10).Select(e => e.Version).ShouldBe([2], "the event was written once, and its tail is the one that stays");
        tail.LastEvent.ShouldBe(reader.Events(Ada, 1, 10)[0].Seq);
    }

    [Test]
    public async Task Who_has_lost_the_partition_writes_nothing_whoever_else_flushes_at_the_same_time()
    {
        using var second = _stores.Open();
        var rows = (First: await TakeAsync(_stores.State), Second: (PositionRow?)null);
        var flushes = Enumerable.Range(0, 20).Select(n => _stores.State.FlushAsync(Writing(rows.First with { Turn = rows.First.Turn + n }, n))).ToList();
        var taken = await TakeAsync(second.State);
        var mine = await second.State.FlushAsync(Sample.Flush(taken.Turn, taken.Epoch, 99));

        var results = await Task.WhenAll(flushes);

        mine.ShouldBe(FlushResult.Committed);
        results.Count(r => r == FlushResult.Committed).ShouldBe((int)taken.Turn);
        results.SkipWhile(r => r == FlushResult.Committed).ShouldAllBe(r => r == FlushResult.Moved);
        var stored = (await second.State.PositionAsync("commands", Sample.Commands0, None))!;
        (stored.Epoch, stored.Turn, stored.Offset).ShouldBe((rows.First.Epoch + 1, taken.Turn + 1, 99));
    }

    [Test]
    public async Task A_mark_of_another_machine_is_not_known()
    {
        using var elsewhere = MySqlDatabase.Open(
            _stores.Options with { MarksDirectory = null }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await TakeAsync(_stores.State);
        _stores.State.MarkOf("commands", Sample.Commands0).Value.ShouldBe(IExecutionMark.None);
        _stores.State.MarkOf("commands", Sample.Commands0).Value = 41;

        await TakeAsync(elsewhere.State);
        elsewhere.State.MarkOf("commands", Sample.Commands0).Value.ShouldBe(IExecutionMark.Unknown);
        await TakeAsync(_stores.State);
        _stores.State.MarkOf("commands", Sample.Commands0).Value.ShouldBe(IExecutionMark.Unknown, "what it has is of an owner before the one before");
        _stores.State.MarkOf("commands", Sample.Commands0).Value = 42;
        _stores.Reopen();
        await TakeAsync(_stores.State);
        _stores.State.MarkOf("commands", Sample.Commands0).Value.ShouldBe(42);
    }

    private static Task<PositionRow> TakeAsync(IStateStore store) => store.TakeAsync("commands", Sample.Commands0, None);

    private static Flush Writing(PositionRow row, int version, StreamTail? tail = null)
    {
        var flush = Sample.Flush(row.Turn, row.Epoch, version + 1);
        if (tail is not null)
        {
            flush.Events.Add(Sample.Event(Ada, tail, version + 1));
        }

        flush.States.Add(Sample.State(Ada, version, $"{version + 1}", tail));
        flush.Outgoing.Add(Sample.Record("ada", topic: Topics.Events));
        flush.Position = flush.Position with { OutSeq = version + 1 };
        return flush;
    }

    private static string Connections(MySqlConnection admin) =>
        Convert.ToString(Run(admin, "SELECT GROUP_CONCAT(id ORDER BY id) FROM information_schema.processlist WHERE db = DATABASE()"), CultureInfo.InvariantCulture)!;

    private static object? Run(MySqlConnection connection, string sql)
    {
        using var command = new MySqlCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
