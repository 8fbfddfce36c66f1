using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Options;
using Workers.Handlers.Metrics;
using Workers.Tests.Follow;
using Workers.Tests.Time;
using static Workers.Tests.Projections.Records;

namespace Workers.Tests.Metrics;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MetricsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(Now));
    private readonly MemoryLog _log = new();
    private readonly MemoryMetrics _metrics = new();
    private ServiceProvider? _provider;

    public void Dispose()
    {
        _provider?.GetRequiredService<Follower>().Stop(Patience).ShouldBeTrue();
        _provider?.Dispose();
    }

    [Test]
    public async Task Ends_are_counted_by_type_outcome_and_minute_with_their_times()
    {
        await Counted(
            Succeeded("u1", "1;2;5;CreateUser"), Succeeded("u2", "3;4;6;CreateUser"), Ended("FAILED"), Ended("DEAD_LETTERED", attempts: 6), Ended("CANCELLED"),
            Ended("UNDONE"), Event(Completed(Guid.NewGuid()) with { CommandType = "MakeReport", Kind = "system" }, 0));

        var rows = (await _metrics.SinceResetAsync(default)).ToDictionary(row => row.Type);
        var users = rows["CreateUser"].Figures;
        (users.Succeeded, users.Failed, users.DeadLettered, users.Cancelled, users.Undone, users.Total).ShouldBe((2, 1, 1, 1, 1, 5));
        (users.Retried, users.Retries).ShouldBe((2, 7));
        (users.Queue.Quantile(0.5), users.Run.Quantile(1)).ShouldBe((Near(2_000), Near(6_000)));
        (rows["MakeReport"].Kind, rows["MakeReport"].Figures.Total).ShouldBe(("system", 1));
        var minute = (await _metrics.RangeAsync(Grain.Minute, 0, long.MaxValue, "user", null, default)).ShouldHaveSingleItem();
        minute.At.ShouldBe(Now / 60_000 * 60);
    }

    [Test]
    public async Task What_the_platform_sends_itself_and_what_callers_post_is_not_counted()
    {
        await Counted(
            Event(Completed(Guid.NewGuid()) with { CommandType = nameof(RecordCharge) }, 0),
            Event(Completed(Guid.NewGuid()), 0, more: h => h.Add(HeaderName.Origin, "external")),
            Event(new UserDeleted { UserId = "u1" }, 1));

        (await _metrics.SinceResetAsync(default)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_record_that_a_relay_has_sent_twice_is_counted_once_also_after_a_restart()
    {
        var (first, second) = (Numbered(1), Numbered(2));
        await Counted(first, Again(first), second);
        _provider!.GetRequiredService<Follower>().Stop(Patience).ShouldBeTrue();
        _provider!.Dispose();

        await Counted(Again(first), Again(second), Numbered(3));

        (await _metrics.SinceResetAsync(default)).ShouldHaveSingleItem().Figures.Total.ShouldBe(3);
    }

    [Test]
    public async Task After_a_reset_only_what_ends_later_counts_and_what_comes_late_is_still_in_its_minute()
    {
        var reset = Event(new MetricsReset { Figures = "commands", AtMs = Now + 60_000 }, 0);
        await Counted(Ended("FAILED"), reset);
        (await Total()).ShouldBe(0);

        await Also(Ended("FAILED"), Ended("SUCCEEDED", atMs: Now + 120_000));

        (await Total()).ShouldBe(1);
        (await _metrics.StateAsync(default)).SinceMs.ShouldBe(Now + 60_000);
        (await _metrics.RangeAsync(Grain.Minute, 0, long.MaxValue, null, null, default)).Select(row => row.Figures.Total).ShouldBe([2, 1]);
    }

    [Test]
    public async Task Each_minute_is_told_of_once_by_kind()
    {
        await Counted(Ended("FAILED"), Succeeded("u1", "1;2;5;CreateUser"));
        var feeds = new FeedOptions();
        var snapshots = new Snapshots(
            _provider!.GetRequiredService<Follower>(), _metrics, _log, feeds, new MetricsOptions(), _clock, NullLogger<Snapshots>.Instance);
        _clock.Advance(TimeSpan.FromSeconds(70));

        await snapshots.TellAsync(default);
        await snapshots.TellAsync(default);

        var told = _log.Of(Topics.CommandEvents);
        told.Select(record => record.Key).ShouldBe(CommandCatalog.Kinds, ignoreOrder: true);
        told.ShouldAllBe(record => record.Headers.Get(HeaderName.Type) == "metrics.snapshot");
        var user = JsonNode.Parse(told.Single(record => record.Key == "user").Value.Span)!;
        (user["kind"]!.ToString(), (int)user["total"]!, (int)user["succeeded"]!, (int)user["failed"]!).ShouldBe(("user", 2, 1, 1));

        _clock.Advance(TimeSpan.FromSeconds(60));
        await snapshots.TellAsync(default);
        _log.Of(Topics.CommandEvents).Select(record => record.Id).Distinct().Count().ShouldBe(16);
    }

    private static LogRecord Succeeded(string user, string completed) =>
        Event(new UserDeleted { UserId = user }, 1, more: h => h.Add(HeaderName.Completed, completed));

    private static LogRecord Ended(string state, int attempts = 1, long atMs = Now)
    {
        var record = Event(Completed(Guid.NewGuid(), state) with { Attempts = attempts }, 0);
        return new LogRecord { Id = record.Id, Topic = record.Topic, Key = record.Key, TimestampMs = atMs, Headers = record.Headers, Value = record.Value };
    }

    private static LogRecord Numbered(int seq) =>
        Event(Completed(Guid.NewGuid()), 0, more: h => h.Add(HeaderName.Shard, "a-shard").Add(HeaderName.Seq, seq.ToString()));

    private static LogRecord Again(LogRecord record) =>
        new() { Id = record.Id, Topic = record.Topic, Key = record.Key, TimestampMs = record.TimestampMs, Headers = record.Headers, Value = record.Value };

    private static long Near(long microseconds)
    {
        var histogram = new Histogram();
        histogram.Add(microseconds);
        return histogram.Quantile(1);
    }

    private async Task<long> Total() => (await _metrics.SinceResetAsync(default)).Sum().Total;

    /// <summary>Returns once all were looked at.</summary>
    private async Task Counted(params LogRecord[] records)
    {
        _provider = new ServiceCollection().AddLogging().AddSingleton<ILog>(_log).AddSingleton<IMetricsStore>(_metrics).AddSingleton<TimeProvider>(_clock)
            .AddCommandMetrics().BuildServiceProvider();
        await _log.AppendAsync(records, CancellationToken.None);
        _provider.GetRequiredService<Follower>().Start();
        await Read(records);
    }

    private async Task Also(params LogRecord[] records)
    {
        await _log.AppendAsync(records, CancellationToken.None);
        await Read(records);
    }

    private Task Read(LogRecord[] records) => _metrics.Positions.Until(() => records.All(r => _metrics.Positions[r.Where].Offset > r.Offset));
}
