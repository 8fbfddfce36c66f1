using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite;
using Workers.Tests.Time;

namespace Workers.Conformance.Sqlite;

/// <summary>A day of load in the embedded file, by a clock that is moved: retention keeps it as large as what it has to keep, and work goes on meanwhile.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SqliteDayTests : IDisposable
{
    private const int PerMinute = 40;
    private const int Keys = 200;
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly byte[] Body = new byte[400];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workers-day-");
    private readonly FakeTimeProvider _clock = new(Sample.Start);
    private readonly SqliteDatabase _database;
    private readonly Dictionary<StateKey, long> _versions = [];
    private PositionRow _row = null!;
    private int _made;

    // The clock trims once a minute too, at its own time: here each minute waits for it.
    public SqliteDayTests() => _database = SqliteDatabase.Open(
        new SqliteOptions { Path = File, Retention = TimeSpan.FromHours(1), OutcomeRetention = TimeSpan.FromHours(2), Partitions = 1, TrimEvery = TimeSpan.FromDays(30) },
        _clock, NullLogger.Instance);

    private string File => Path.Combine(_directory.FullName, "workers.db");

    public void Dispose()
    {
        _database.Dispose();
        _directory.Delete(recursive: true);
    }

    [Test]
    public async Task The_file_stays_as_large_as_what_is_kept()
    {
        _row = await _database.State.TakeAsync("commands", Sample.Commands0, None);
        var sizes = new List<long>();
        for (var minute = 1; minute <= 24 * 60; minute++)
        {
            _clock.Advance(Minute);
            var trimming = _database.TrimLogAsync();
            await WorkAsync(PerMinute);
            await trimming;
            if (minute % 60 == 0)
            {
                sizes.Add(SizeOnDisk());
            }
        }

        TestContext.Out.WriteLine($"hour by hour, KiB: {string.Join(", ", sizes.Select(size => size >> 10))}");
        (await KeptAsync(Topics.Commands)).ShouldBeInRange(60 * PerMinute, 63 * PerMinute);

        // Three hours in, all that is kept is there: outcomes for two.
        sizes[^1].ShouldBeLessThanOrEqualTo(sizes[2] * 5 / 4);
        sizes.Skip(3).Max().ShouldBeLessThanOrEqualTo(sizes[2] * 5 / 4);
    }

    [Test]
    public async Task After_a_rush_the_file_is_small_again_and_appends_do_not_wait_for_that()
    {
        _row = await _database.State.TakeAsync("commands", Sample.Commands0, None);
        for (var n = 0; n < 100; n++)
        {
            await WorkAsync(500);
        }

        var rush = SizeOnDisk();
        await _database.TrimLogAsync();
        _clock.Advance(TimeSpan.FromHours(3));

        // All of it goes in one run, in hundreds of commits.
        var trimming = _database.TrimLogAsync();
        var append = _database.Log.AppendAsync(Record(), None);
        (await Task.WhenAny(append, trimming)).ShouldBe(append, "an append is in the next commit, whatever else there is to do");
        (await trimming).ShouldBe(100_000);

        var after = SizeOnDisk();
        TestContext.Out.WriteLine($"{rush >> 10} KiB, then {after >> 10} KiB");
        after.ShouldBeLessThan(rush / 3);
        await WorkAsync(10);
        (await KeptAsync(Topics.Commands)).ShouldBe(11);
        _database.Dispose();
        new FileInfo(File).Length.ShouldBeLessThan(rush / 3);
    }

    [Test]
    public async Task Few_records_of_a_topic_among_many_are_found_a_part_at_a_time()
    {
        var trimmed = 0;
        await _database.TrimLogAsync();
        await _database.Log.AppendAsync([.. Enumerable.Range(0, 25_000).Select(_ => Record())], None);
        await _database.Log.AppendAsync(Record(Topics.Control), None);
        _clock.Advance(TimeSpan.FromMinutes(30));
        await _database.TrimLogAsync();
        _clock.Advance(TimeSpan.FromHours(1));
        await _database.Log.AppendAsync(Record(Topics.Control), None);

        trimmed += await _database.TrimLogAsync();

        trimmed.ShouldBe(25_001);
        (await KeptAsync(Topics.Commands)).ShouldBe(0);
        (await KeptAsync(Topics.Control)).ShouldBe(1);
    }

    // As a pump does: what was appended is executed, in batches.
    private async Task WorkAsync(int records)
    {
        var appended = Enumerable.Range(0, records).Select(_ => Record()).ToList();
        await _database.Log.AppendAsync(appended, None);
        var flush = new Flush { Position = new PositionMove("commands", Sample.Commands0, appended[^1].Offset + 1, _row.Turn, _row.Epoch) };
        var atMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var record in appended)
        {
            flush.Outcomes.Add(new OutcomeWrite(new Outcome(record.Id, CommandState.Succeeded, null, 1, 200, atMs, atMs, Sample.Commands0, record.Offset, Body), false));
            flush.CallerKeys.Add(new CallerKeyWrite(Guid.NewGuid(), record.Id, [1], atMs));
            flush.Outgoing.Add(Record(Topics.Events));
        }

        foreach (var key in appended.Select(record => new StateKey("user", record.Key)).Distinct())
        {
            var before = _versions.GetValueOrDefault(key);
            _versions[key] = before + 1;
            flush.States.Add(new StateWrite(key, before, before + 1, Body, null, atMs, null));
        }

        (await _database.State.FlushAsync(flush)).ShouldBe(FlushResult.Committed);
        _row = _row with { Turn = _row.Turn + 1 };
    }

    private LogRecord Record(string topic = Topics.Commands) => new()
    {
        Id = Ids.New(_clock.GetUtcNow()),
        Topic = topic,
        Key = $"key-{_made++ % Keys}",
        TimestampMs = _clock.GetUtcNow().ToUnixTimeMilliseconds(),
        Headers = Sample.Record("a").Headers,
        Value = Body,
    };

    private async Task<int> KeptAsync(string topic)
    {
        var (from, to) = ((await _database.Log.StartsAsync(topic, None))[0], (await _database.Log.EndsAsync(topic, None))[0]);
        var kept = 0;
        for (var offset = from; offset < to; offset++)
        {
            kept += await _database.Log.ReadAsync(new PartitionId(topic, 0), offset, None) is null ? 0 : 1;
        }

        return kept;
    }

    // With what is in the write-ahead log: a copy of the file as it is read.
    private long SizeOnDisk()
    {
        using var connection = Workers.Sqlite.Native.Connection.OpenReader(File);
        return connection["PRAGMA page_count"].RunReturning() * connection["PRAGMA page_size"].RunReturning();
    }
}
