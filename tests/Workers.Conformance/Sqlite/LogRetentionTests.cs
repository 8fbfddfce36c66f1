using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using Workers.Conformance.Store;
using Workers.Contracts;
using Workers.Engine.Health;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite;

namespace Workers.Conformance.Sqlite;

/// <summary>What retention leaves in the file's log for those who have not read it, and what they are told where it has not.</summary>
[TestFixture]
internal sealed class LogRetentionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly OtherPositions _other = new();

    [Test]
    public async Task What_a_group_in_another_store_has_not_read_is_kept()
    {
        using var stores = new SqliteStores(configure: null, _other);
        var records = await AppendAsync(stores, 20);
        _other["audit", Sample.Commands0] = records[12].Offset;

        await stores.TrimEverythingOldAsync();

        (await FirstAsync(stores, records)).ShouldBe(12);
    }

    [Test]
    public async Task Nothing_is_trimmed_while_a_store_of_positions_is_away_not_even_above_the_bound()
    {
        using var stores = new SqliteStores(options => options with { MaxBytes = 4_096 }, _other);
        var records = await AppendAsync(stores, 1, new string('x', 8_192));
        _other.IsAway = true;

        await stores.TrimEverythingOldAsync();
        (await FirstAsync(stores, records)).ShouldBe(0);
        stores.Logger.All.Count(line => line.Contains("The other store is away")).ShouldBe(2, "each attempt, the second for those who look closely");

        _other.IsAway = false;
        (await stores.Database.TrimLogAsync()).ShouldBe(1);
        stores.Logger.All.ShouldContain(line => line.Contains("It is known again"));
    }

    [Test]
    public async Task Outcomes_are_forgotten_while_a_store_of_positions_is_away()
    {
        using var stores = new SqliteStores(options => options with { OutcomeRetention = options.Retention }, _other);
        var (row, id) = (await stores.State.TakeAsync("commands", Sample.Commands0, None), Sample.Id());
        var flush = Sample.Flush(row.Turn, row.Epoch);
        flush.Outcomes.Add(new OutcomeWrite(Sample.Outcome(id), false));
        await stores.State.FlushAsync(flush);
        _other.IsAway = true;

        await stores.TrimEverythingOldAsync();

        stores.State.Outcomes([id]).ShouldBeEmpty();
    }

    [Test]
    public async Task The_stores_of_the_container_are_asked()
    {
        using var stores = new SqliteStores();
        stores.Close();
        _other.IsAway = true;
        await using var services = new ServiceCollection().AddLogging().AddSqlite(new SqliteOptions { Path = stores.File, MaxBytes = 1 }).AddSingleton<IPositionStore>(_other)
            .BuildServiceProvider();
        var log = services.GetRequiredService<ILog>();
        await log.AppendAsync(Sample.Record("a"), None);

        (await services.GetRequiredService<Retention>().TrimAsync()).ShouldBe(0);
        _other.IsAway = false;
        (await services.GetRequiredService<Retention>().TrimAsync()).ShouldBe(1);
    }

    [Test]
    public async Task Who_goes_on_from_before_what_was_deleted_is_halted_and_passes_nothing()
    {
        using var stores = new SqliteStores();
        var old = await AppendAsync(stores, 3);
        await stores.TrimEverythingOldAsync();
        var other = Sample.Record(Sample.KeyOf(1));
        var left = await AppendAsync(stores, 1);
        await stores.Log.AppendAsync(other, None);
        using var wake = new Signal();
        using var reader = stores.Log.OpenReader([Topics.Commands], wake);
        PartitionCursor[] cursors =
        [
            new(Sample.Commands0, old[1].Offset), new(other.Where, left[0].Offset), new(new PartitionId(Topics.Commands, 2), old[1].Offset),
        ];

        reader.Fill(cursors).ShouldBeTrue();

        cursors[0].Halted.ShouldBe("The stored position 2 is no longer in the log, which has 4 to 6: records were deleted before they were read");
        (cursors[0].Next, cursors[0].Pending.Count).ShouldBe((old[1].Offset, 0));
        cursors[1].Pending.Select(record => record.Id).ShouldBe([other.Id], "others go on");
        (cursors[2].Halted, cursors[2].Next).ShouldBe((null, other.Offset + 1), "nothing has come to it since");

        PartitionCursor[] fresh = [new(Sample.Commands0, 0), new(Sample.Commands0, left[0].Offset)];
        foreach (var cursor in fresh)
        {
            reader.Fill([cursor]).ShouldBeTrue();
            cursor.Pending.Select(record => record.Id).ShouldBe([left[0].Id], "who is new begins with the oldest that is left");
        }
    }

    [Test]
    public async Task What_a_group_that_nobody_serves_has_not_read_is_kept_until_appends_would_be_refused_and_that_is_said_before()
    {
        using var stores = new SqliteStores(options => options with { MaxBytes = 20_000 });
        stores.Database.Serves(new LogGroups(["commands"], ["commands"], []));
        var first = await AppendAsync(stores, 1, new string('x', 3_800));
        await ReadAsync(stores, "commands", first[0].Offset);
        await ReadAsync(stores, "metrics", first[0].Offset);
        var more = await AppendAsync(stores, 3, new string('x', 3_800));
        await ReadAsync(stores, "commands", more[^1].Offset + 1);

        (await stores.Database.TrimLogAsync()).ShouldBe(0, "80 % is not reached");
        (await HealthAsync(stores)).ShouldBe((HealthStatus.Healthy, ""));

        more.AddRange(await AppendAsync(stores, 1, new string('x', 1_000)));
        (await stores.Database.TrimLogAsync()).ShouldBe(0);
        var (status, said) = await HealthAsync(stores);
        (status, said).ShouldBe((HealthStatus.Degraded, stores.Logger.All.Last()));
        said.ShouldContain("nobody serves: metrics. ");
        said.ShouldEndWith("Above 90 % of that what they have not read is deleted, but for what is to be executed.");
        await stores.Database.TrimLogAsync();
        stores.Logger.All.Count(line => line == said).ShouldBe(1);

        more.AddRange(await AppendAsync(stores, 1, new string('x', 2_000)));
        await ReadAsync(stores, "commands", more[^1].Offset + 1);
        (await stores.Database.TrimLogAsync()).ShouldBeGreaterThan(0);
        (await FirstAsync(stores, first)).ShouldBe(1, "it is gone");
        stores.Logger.All.ShouldContain(line => line.Contains("is being deleted"));

        using var wake = new Signal();
        using var reader = stores.Log.OpenReader([Topics.Commands], wake);
        var cursor = new PartitionCursor(Sample.Commands0, first[0].Offset);
        await AppendAsync(stores, 1);
        reader.Fill([cursor]);
        cursor.Halted.ShouldNotBeNull();
    }

    [Test]
    public async Task What_is_to_be_executed_is_not_deleted_although_nobody_serves_it()
    {
        using var stores = new SqliteStores(options => options with { MaxBytes = 4_096 });
        stores.Database.Serves(new LogGroups(["commands"], ["commands", "effects"], []));
        var records = await AppendAsync(stores, 1, new string('x', 8_192));
        await ReadAsync(stores, "commands", records[0].Offset + 1);

        (await stores.Database.TrimLogAsync()).ShouldBe(0, "nobody has begun to execute them");
        await ReadAsync(stores, "effects", records[0].Offset);
        (await stores.Database.TrimLogAsync()).ShouldBe(0);

        (await HealthAsync(stores)).Said.ShouldEndWith("Above that everything is refused.");
        await ReadAsync(stores, "effects", records[0].Offset + 1);
        (await stores.Database.TrimLogAsync()).ShouldBe(1);
        (await HealthAsync(stores)).ShouldBe((HealthStatus.Healthy, ""));
    }

    [Test]
    public async Task A_place_that_a_group_has_had_before_it_moved_to_another_store_keeps_nothing()
    {
        using var stores = new SqliteStores(configure: null, _other);
        stores.Database.Serves(new LogGroups(["audit"], [], ["audit"]));
        var records = await AppendAsync(stores, 20);
        await ReadAsync(stores, "audit", records[2].Offset);

        await stores.TrimEverythingOldAsync();
        (await FirstAsync(stores, records)).ShouldBe(0, "it has not begun yet where it is now");

        _other["audit", Sample.Commands0] = records[12].Offset;
        await stores.TrimEverythingOldAsync();
        (await FirstAsync(stores, records)).ShouldBe(12);
    }

    [Test]
    public async Task A_group_that_has_begun_is_to_store_its_position_before_it_has_read_anything()
    {
        using var stores = new SqliteStores();
        using var wake = new Signal();
        using var reader = stores.Log.OpenReader([Topics.Commands], wake);
        var cursor = new PartitionCursor(Sample.Commands0, 0);

        reader.Fill([cursor]).ShouldBeFalse();

        (cursor.Found, cursor.Next).ShouldBe((true, 1), "else it is taken for a new one when it is back, which begins with what is left");
    }

    private static async Task ReadAsync(SqliteStores stores, string group, long offset)
    {
        var row = await stores.State.TakeAsync(group, Sample.Commands0, None);
        (await stores.State.FlushAsync(Sample.Flush(row.Turn, row.Epoch, offset, group))).ShouldBe(FlushResult.Committed);
    }

    private static async Task<(HealthStatus Status, string Said)> HealthAsync(SqliteStores stores)
    {
        var report = await stores.Database.Retention.CheckAsync(None);
        return (report.Status, report.Detail ?? "");
    }

    private static async Task<List<LogRecord>> AppendAsync(SqliteStores stores, int count, string value = "{}")
    {
        var records = Enumerable.Range(0, count).Select(_ => Sample.Record(Sample.KeyOf(0), value)).ToList();
        await stores.Log.AppendAsync(records, None);
        return records;
    }

    /// <summary>The first that is still there, by its number.</summary>
    private static async Task<int> FirstAsync(SqliteStores stores, List<LogRecord> records)
    {
        for (var n = 0; n < records.Count; n++)
        {
            if (await stores.Log.ReadAsync(records[n].Where, records[n].Offset, None) is not null)
            {
                return n;
            }
        }

        return records.Count;
    }
}
