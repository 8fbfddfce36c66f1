using NUnit.Framework;
using Shouldly;
using Workers.Api.Feeds;
using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Tests.Api.Live;

/// <summary>A feed read in pages and as a stream.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class FeedTests : IDisposable
{
    private static readonly string[] s_topic = [Topics.OrderEvents];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly LiveHarness _live = new();

    public void Dispose() => _live.Dispose();

    [Test]
    public void A_place_is_read_only_where_the_log_is_the_same()
    {
        var text = First.ToString();

        FeedPlace.Read(_live.Log, s_topic, text)!.IsElsewhere.ShouldBeFalse();
        FeedPlace.Read(_live.Log, Topics.Feeds, text)!.IsElsewhere.ShouldBeTrue();
        _live.Log.Identity++;
        FeedPlace.Read(_live.Log, s_topic, text)!.IsElsewhere.ShouldBeTrue();
        FeedPlace.Read(_live.Log, s_topic, text[..^1] + "!").ShouldBeNull();
        FeedPlace.Read(_live.Log, s_topic, "AAAA").ShouldBeNull();
    }

    [Test]
    public async Task A_page_has_no_more_than_some_megabytes()
    {
        for (var i = 0; i < 12; i++)
        {
            Tell(1_000_000);
        }

        var (place, sizes) = (First, new List<int>());
        while ((await ReadAsync(place))!.Count is var count and > 0)
        {
            sizes.Add(count);
        }

        sizes.Sum().ShouldBe(12);
        sizes.Max().ShouldBeLessThanOrEqualTo(6, "4 MiB, and one more for each partition");
    }

    [Test]
    public async Task Few_pages_are_read_at_once()
    {
        Tell();
        _live.Log.IsStalled = true;

        var reads = Enumerable.Range(0, 20).Select(_ => ReadAsync(First)).ToList();
        var opened = _live.Log.Opened;
        _live.Log.IsStalled = false;

        (await Task.WhenAll(reads)).ShouldAllBe(page => page!.Count == 1);
        opened.ShouldBe(4);
    }

    [Test]
    public async Task Streams_hear_from_the_tail_what_is_new()
    {
        Tell();
        var streams = new List<FeedStream>();
        for (var i = 0; i < 20; i++)
        {
            streams.Add(new FeedStream(s_topic[0], First, _live.Tail, _live.Pages));
            await streams[^1].ListenAsync(CancellationToken.None);
            (await streams[^1].NextAsync(TimeSpan.Zero, CancellationToken.None))!.Count.ShouldBe(1);
            (await streams[^1].NextAsync(TimeSpan.Zero, CancellationToken.None))!.ShouldBeEmpty();
        }

        // Once it is heard of, the tail has its reader.
        await HearAsync();
        var before = _live.Log.Opened;

        await HearAsync();

        _live.Log.Opened.ShouldBe(before);
        streams.ForEach(stream => stream.Dispose());

        async Task HearAsync()
        {
            var record = Tell();
            foreach (var stream in streams)
            {
                (await stream.NextAsync(Patience, CancellationToken.None))!.ShouldBe([record]);
            }
        }
    }

    [Test]
    public async Task A_stream_that_is_slow_misses_nothing()
    {
        using var stream = new FeedStream(s_topic[0], First, _live.Tail, _live.Pages);
        await stream.ListenAsync(CancellationToken.None);
        (await stream.NextAsync(TimeSpan.Zero, CancellationToken.None))!.ShouldBeEmpty();

        var told = Enumerable.Range(0, 1_500).Select(_ => Tell().Id).ToList();
        var heard = new List<Guid>();
        while (heard.Count < told.Count)
        {
            heard.AddRange((await stream.NextAsync(Patience, CancellationToken.None))!.Select(record => record.Id));
        }

        heard.ShouldBe(told);
    }

    [Test]
    public async Task A_stream_ends_where_the_log_goes_on_elsewhere()
    {
        Tell();
        using var stream = new FeedStream(s_topic[0], First, _live.Tail, _live.Pages);
        await stream.ListenAsync(CancellationToken.None);
        await stream.NextAsync(TimeSpan.Zero, CancellationToken.None);
        await stream.NextAsync(TimeSpan.Zero, CancellationToken.None);

        _live.Log.Renew();

        (await stream.NextAsync(Patience, CancellationToken.None)).ShouldBeNull();
    }

    private FeedPlace First => FeedPlace.First(_live.Log, s_topic);

    private LogRecord Tell(int bytes = 0) => _live.Tell("OrderCreated", s_topic[0], bytes);

    private Task<IReadOnlyList<LogRecord>?> ReadAsync(FeedPlace place) => _live.Pages.ReadAsync(s_topic, place, 1_000, CancellationToken.None);
}
