using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite;
using Workers.Sqlite.Migrations;
using Workers.Sqlite.Native;

namespace Workers.Conformance.Sqlite;

/// <summary>What only the embedded file does.</summary>
[TestFixture]
internal sealed class SqliteFileTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Test]
    public void A_second_connection_waits_milliseconds_for_a_lock()
    {
        using var stores = new SqliteStores();
        var file = Path.Combine(Path.GetDirectoryName(stores.File)!, "other.db");
        using var first = Connection.OpenWriter(file);
        first.Execute("CREATE TABLE t(a); BEGIN IMMEDIATE; INSERT INTO t VALUES (1);");
        using var holding = new ManualResetEventSlim();
        var waited = TimeSpan.Zero;
        var second = new Thread(() =>
        {
            using var connection = Connection.OpenWriter(file);
            holding.Set();
            var start = TimeProvider.System.GetTimestamp();
            connection.Execute("INSERT INTO t VALUES (2)");
            waited = TimeProvider.System.GetElapsedTime(start);
        });
        second.Start();
        holding.Wait();
        second.Join(TimeSpan.FromMilliseconds(50)).ShouldBeFalse("the first connection has the lock");
        first.Execute("COMMIT");
        second.Join();

        // Unpatched, the library's first back-off alone lasts a second.
        waited.ShouldBeLessThan(TimeSpan.FromMilliseconds(900));
    }

    [Test]
    public void A_read_that_takes_too_long_is_given_up_and_the_connection_goes_on()
    {
        const string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        using var stores = new SqliteStores();
        using var connection = Connection.OpenReader(stores.File);

        Should.Throw<QueryTimeoutException>(() => connection.Within(TimeSpan.Zero, c => c[endless].Step()))
            .Message.ShouldContain("took longer than");

        connection["SELECT 1"].Step().ShouldBeTrue();
    }

    [Test]
    public async Task The_audit_trail_is_listed_and_counted_for_a_while_only()
    {
        using var stores = new SqliteStores(options => options with { QueryLimit = TimeSpan.Zero });
        var row = await stores.Audit.TakeAsync("audit", Sample.Commands0, None);
        var entries = Enumerable.Range(0, 3_000).Select(n => new AuditEntry(
            Sample.Id(n), Sample.Commands0, n, Sample.Ms(n), "user", "user-1", "created", "UserCreated", null, null, null, "caller", null, null, "{}"u8.ToArray(), null,
            "SUCCEEDED", null)).ToList();
        (await stores.Audit.AppendAsync([new PositionMove("audit", Sample.Commands0, 1, row.Turn, row.Epoch)], entries, None)).ShouldBe(FlushResult.Committed);
        // Its type is looked up by an index; that none of those is of an order takes reading them all.
        var none = new AuditQuery("UserCreated", null, "order", null, null, null, null, null, 3, null);

        await Should.ThrowAsync<QueryTimeoutException>(async () => await stores.Audit.ListAsync(none, None));
        await Should.ThrowAsync<QueryTimeoutException>(async () => await stores.Audit.ListAsync(none with { EntityType = null, WithTotal = true }, None));
    }

    [Test]
    public void A_back_off_inside_the_library_lasts_as_long_as_it_asks()
    {
        using var stores = new SqliteStores();
        var start = TimeProvider.System.GetTimestamp();

        Sqlite3.SleepThroughVfs(2_000).ShouldBe(2_000);

        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromMilliseconds(900));
    }

    [Test]
    public async Task A_second_process_is_told_who_has_the_directory()
    {
        using var stores = new SqliteStores();
        await stores.Log.AppendAsync(Sample.Record("a"), None);

        OpenFailure(stores.File).Message.ShouldContain($"in use by process {Environment.ProcessId}");

        stores.Close();
        SqliteDatabase.Open(new SqliteOptions { Path = stores.File }, TimeProvider.System, NullLogger.Instance).Dispose();
    }

    [Test]
    public void A_missing_directory_is_named()
    {
        using var stores = new SqliteStores();
        var missing = Path.Combine(Path.GetDirectoryName(stores.File)!, "missing");

        OpenFailure(Path.Combine(missing, "workers.db")).Message.ShouldBe(
            $"The data directory {missing} does not exist; create it or name another with --data.");
    }

    [Test]
    [Platform("Linux")]
    public void A_directory_that_cannot_be_written_is_named() => OpenFailure("/proc/workers.db").Message.ShouldContain("/proc cannot be written");

    [Test]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        using var stores = new SqliteStores();
        stores.Close();
        File.WriteAllText(stores.File, "hello");

        OpenFailure(stores.File).Message.ShouldContain("is not a database");
        File.ReadAllText(stores.File).ShouldBe("hello");
    }

    [Test]
    public async Task A_damaged_file_is_refused([Values("cut", "overwritten")] string how)
    {
        using var stores = new SqliteStores();
        await stores.Log.AppendAsync([.. Enumerable.Range(0, 2_000).Select(n => Sample.Record($"key-{n}"))], None);
        stores.Close();
        using (var file = new FileStream(stores.File, FileMode.Open))
        {
            file.Position = file.Length / 2;
            if (how == "cut")
            {
                file.SetLength(file.Position);
            }
            else
            {
                file.Write(Enumerable.Repeat((byte)0xff, 40_000).ToArray());
            }
        }

        OpenFailure(stores.File).Message.ShouldContain($"{stores.File} is damaged");
    }

    [Test]
    public void A_read_that_the_file_does_not_allow_is_told_as_a_store_that_is_away()
    {
        using var stores = new SqliteStores();
        stores.Tamper("PRAGMA wal_checkpoint(TRUNCATE)");
        int root;
        using (var connection = Connection.OpenReader(stores.File))
        {
            var page = connection["SELECT rootpage FROM sqlite_master WHERE name = 'timers_key'"];
            page.Step();
            root = page.Int32(0);
            page.Reset();
        }

        using (var file = new FileStream(stores.File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = (root - 1) * 8_192L;
            file.Write(Enumerable.Repeat((byte)0xff, 8_192).ToArray());
        }

        using var reader = stores.State.OpenReader();
        Should.Throw<StoreUnavailableException>(() => reader.TimersOf("key", 10)).Message.ShouldStartWith($"{stores.File} could not be read: ");
        reader.CountDeadLetters().ShouldBe(0, "what can be read is read");
    }

    [Test]
    public void Another_partition_count_is_refused()
    {
        using var stores = new SqliteStores();
        stores.Close();

        OpenFailure(stores.File, options => options with { Partitions = 8 }).Message.ShouldContain("has 4 partitions, but 8 are configured");
    }

    [Test]
    public void Migrations_are_applied_once_and_known_by_their_hash()
    {
        using var stores = new SqliteStores();
        stores.Close();
        var added = new Migration(900, "900_more.sql", "CREATE TABLE more(a)");
        Migration[] more = [.. Migration.Main, added];
        Open(stores.File, more).Dispose();
        Open(stores.File, more).Dispose();

        Should.Throw<StoreOpenException>(() => Open(stores.File, Migration.Main)).Message.ShouldContain("newer version of the program: it has migration 900_more.sql");
        Should.Throw<StoreOpenException>(() => Open(stores.File, [.. Migration.Main, added with { Sql = "CREATE TABLE less(a)" }]))
            .Message.ShouldContain("900_more.sql was changed after it was applied");
    }

    [Test]
    public void A_migration_that_fails_leaves_nothing_behind()
    {
        using var stores = new SqliteStores();
        stores.Close();
        var bad = new Migration(900, "900_bad.sql", "CREATE TABLE half(a); CREATE TABLE half(a);");

        Should.Throw<StoreOpenException>(() => Open(stores.File, [.. Migration.Main, bad]));

        using var connection = Connection.OpenReader(stores.File);
        connection["SELECT count(*) FROM sqlite_master WHERE name = 'half'"].RunReturning().ShouldBe(0);
    }

    [Test]
    public async Task Events_and_audit_entries_cannot_be_changed_by_any_statement()
    {
        using var stores = new SqliteStores();
        var row = await stores.State.TakeAsync("commands", Sample.Commands0, None);
        var flush = Sample.Flush(row.Turn, row.Epoch);
        flush.Events.Add(Sample.Event(new StateKey("user", "ada"), new StreamTail(0), 1));
        await stores.State.FlushAsync(flush);

        foreach (var sql in (string[])["UPDATE events SET version = 2", "DELETE FROM events"])
        {
            Should.Throw<SqliteFailure>(() => stores.Tamper(sql)).Message.ShouldContain("events are never");
            stores.Reopen();
        }
    }

    [Test]
    public async Task Appends_are_refused_above_the_bound_and_flushes_are_not()
    {
        using var stores = new SqliteStores(options => options with { MaxBytes = 4_096 });
        var row = await stores.State.TakeAsync("commands", Sample.Commands0, None);
        await stores.Log.AppendAsync(Sample.Record("a", new string('x', 8_192)), None);

        (await Should.ThrowAsync<LogUnavailableException>(() => stores.Log.AppendAsync(Sample.Record("a"), None))).Message.ShouldContain("Log:MaxBytes");

        var flush = Sample.Flush(row.Turn, row.Epoch, offset: 100);
        flush.Outgoing.Add(Sample.Record("a", topic: Topics.Events));
        (await stores.State.FlushAsync(flush)).ShouldBe(FlushResult.Committed);

        stores.Reopen();
        await Should.ThrowAsync<LogUnavailableException>(() => stores.Log.AppendAsync(Sample.Record("a"), None));
        (await stores.Database.TrimLogAsync()).ShouldBe(1, "the larger one is enough");
        await stores.Log.AppendAsync(Sample.Record("a"), None);
    }

    [Test]
    public async Task A_backup_is_a_whole_file_of_what_was_committed()
    {
        using var stores = new SqliteStores();
        var record = Sample.Record("a");
        await stores.Log.AppendAsync(record, None);
        var directory = Path.Combine(Path.GetDirectoryName(stores.File)!, "backup");
        Directory.CreateDirectory(directory);
        var copy = Path.Combine(directory, "workers.db");

        await stores.Database.BackupAsync(copy);
        await stores.Log.AppendAsync(Sample.Record("a"), None);

        using var restored = SqliteDatabase.Open(new SqliteOptions { Path = copy }, TimeProvider.System, NullLogger.Instance);
        (await restored.Log.ReadAsync(record.Where, record.Offset, None))!.Id.ShouldBe(record.Id);
        (await restored.Log.EndsAsync(record.Topic, None))[record.Partition].ShouldBe(record.Offset + 1);
        restored.Log.Identity.ShouldNotBe(stores.Log.Identity, "it goes on otherwise");
    }

    [Test]
    public async Task Read_models_of_a_later_moment_than_the_log_are_refused_and_made_anew_where_they_are_missing()
    {
        using var stores = new SqliteStores();
        await stores.Audit.TakeAsync("audit", Sample.Commands0, None);
        stores.Close();
        using (var connection = Connection.OpenWriter(SqliteFile.ReadsOf(stores.File)))
        {
            connection.Execute("UPDATE positions SET off = 1000");
        }

        OpenFailure(stores.File).Message.ShouldContain("reads.db is of a later moment than");

        File.Delete(SqliteFile.ReadsOf(stores.File));
        stores.Reopen();
        (await stores.Audit.TakeAsync("audit", Sample.Commands0, None)).Offset.ShouldBe(0);
    }

    [Test]
    public async Task Outcomes_and_callers_keys_are_forgotten_after_their_retention_but_for_what_is_open()
    {
        using var stores = new SqliteStores(options => options with { OutcomeRetention = options.Retention });
        var row = await stores.State.TakeAsync("commands", Sample.Commands0, None);
        var (done, open, dead, key) = (Sample.Id(), Sample.Id(), Sample.Id(), Guid.NewGuid());
        var flush = Sample.Flush(row.Turn, row.Epoch);
        flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(done), false));
        flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(open, CommandState.Running), false));
        flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(dead, CommandState.DeadLettered), false));
        flush.CallerKeys.Add(new CallerKeyWrite(key, done, [1], Sample.Start.ToUnixTimeMilliseconds()));
        await stores.State.FlushAsync(flush);

        await stores.Database.TrimLogAsync();
        Known().ShouldBe([done, open, dead], ignoreOrder: true);

        await stores.TrimEverythingOldAsync();
        Known().ShouldBe([open, dead], ignoreOrder: true);
        using var reader = stores.State.OpenReader();
        var keys = new Dictionary<Guid, CallerKeyWrite>();
        reader.FindCallerKeys([key], keys);
        keys.ShouldBeEmpty();

        IEnumerable<Guid> Known()
        {
            using var look = stores.State.OpenReader();
            var found = new Dictionary<Guid, Outcome>();
            look.FindOutcomes([done, open, dead], found);
            return found.Keys;
        }
    }

    [Test]
    public async Task What_was_appended_after_the_counters_were_stored_is_counted_when_opened()
    {
        using var stores = new SqliteStores();
        await stores.Log.AppendAsync([.. Enumerable.Range(0, 10).Select(n => Sample.Record($"key-{n}"))], None);
        var ends = await stores.Log.EndsAsync(Topics.Commands, None);

        // As after a kill: the counters in the file are those of the beginning.
        stores.Tamper("UPDATE log_state SET next = 1, bytes = 0; DELETE FROM log_ends;");

        (await stores.Log.EndsAsync(Topics.Commands, None)).ShouldBe(ends);
        var next = Sample.Record("a");
        await stores.Log.AppendAsync(next, None);
        next.Offset.ShouldBe(11);
    }

    [Test]
    public void Every_changed_bit_of_a_record_is_noticed()
    {
        var record = Sample.Record("ada", """{"name":"Ada"}""");
        var bytes = new byte[RecordCodec.MaxLength(record)];
        bytes = bytes[..RecordCodec.Write(record, bytes)];
        RecordCodec.Read(bytes, record.Topic, 0, 1).Key.ShouldBe("ada");

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            RecordCodec.Read(bytes, record.Topic, 0, 1).Key.ShouldBe("", $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        RecordCodec.Read([], record.Topic, 0, 1).Key.ShouldBe("");
    }

    private static SqliteDatabase Open(string file, IReadOnlyList<Migration> migrations) =>
        SqliteDatabase.Open(new SqliteOptions { Path = file }, migrations, TimeProvider.System, NullLogger.Instance);

    private static StoreOpenException OpenFailure(string file, Func<SqliteOptions, SqliteOptions>? configure = null)
    {
        var options = new SqliteOptions { Path = file };
        return Should.Throw<StoreOpenException>(
            () => SqliteDatabase.Open(configure?.Invoke(options) ?? options, TimeProvider.System, NullLogger.Instance).Dispose());
    }
}
