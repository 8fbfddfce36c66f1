using System.Net.WebSockets;
using NUnit.Framework;
using Shouldly;
using Workers.Api.Feeds;
using Workers.Contracts;

namespace Workers.Tests.Api.Live;

/// <summary>Connections to <c>/ws</c>: what they hear, in which order, and how they end.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class SocketTests : IDisposable
{
    private readonly LiveHarness _live = new();

    public void Dispose() => _live.Dispose();

    [Test]
    public async Task What_a_client_sends_is_received_while_it_is_caught_up()
    {
        using var client = await _live.ConnectAsync();
        _live.Log.Held = new TaskCompletionSource().Task;
        await client.SendAsync($$"""{"after":"{{First}}"}""");

        await client.CloseAsync();

        (await client.NextAsync()).ShouldBeNull();
        await client.ServedAsync();
        client.Server.State.ShouldBe(WebSocketState.Closed);
    }

    [Test]
    public async Task What_waits_comes_before_the_answer_that_tells_how_far_was_told()
    {
        using var client = await _live.ConnectAsync();
        _live.Tell("large", bytes: 3_000_000);
        var last = new[] { _live.Tell("a"), _live.Tell("b") }[1];
        await _live.HeardAsync();
        await client.SendAsync("""{"subscribe":["*"]}""");

        (await client.UntilAsync("b")).ShouldBe(["large", "a", "b"]);
        var seq = (await client.NextAsync())!["seq"]!.ToString();
        FeedPlace.Read(_live.Log, Topics.Feeds, seq)![last.Where].ShouldBe(last.Offset + 1);
    }

    [Test]
    public async Task What_waits_comes_before_what_is_read_again()
    {
        using var client = await _live.ConnectAsync();
        _live.Tell("large", bytes: 3_000_000);
        _live.Tell("a");
        await _live.HeardAsync();
        await client.SendAsync($$"""{"after":"{{First}}"}""");

        (await client.UntilAsync("subscribed")).ShouldBe(["large", "a", "large", "a", "subscribed"]);
    }

    [Test]
    public async Task A_client_whom_nothing_concerns_is_told_how_far_was_read()
    {
        for (var i = 0; i < 2_500; i++)
        {
            _live.Tell("other");
        }

        using var client = await _live.ConnectAsync("mine", First);

        (await client.UntilAsync("subscribed")).ShouldBe(["passed", "passed", "subscribed"]);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_seq_that_is_none_in_this_log_is_a_gap(bool isOther)
    {
        _live.Tell("a");
        var place = await FeedPlace.LastAsync(_live.Log, Topics.Feeds, CancellationToken.None);
        place.Pass(new(Topics.CommandEvents, 0), 1_000);
        var seq = isOther ? First : place.ToString();
        _live.Log.Identity += isOther ? 1u : 0;

        using var client = await _live.ConnectAsync(after: seq);
        (await client.UntilAsync("subscribed")).ShouldBe(["gap", "subscribed"]);
        _live.Tell("b");

        (await client.UntilAsync("b")).ShouldBe(["b"]);
    }

    [Test]
    public async Task All_are_told_that_the_log_goes_on_elsewhere_and_hear_what_comes()
    {
        for (var i = 0; i < 5; i++)
        {
            _live.Tell("a");
        }

        using var client = await _live.ConnectAsync(after: First);
        await client.UntilAsync("subscribed");
        _live.Tell("c");
        await client.UntilAsync("c");
        _live.Log.Renew();
        for (var partitions = 2 * Topics.Feeds.Count; partitions > 0; partitions--)
        {
            await client.UntilAsync("gap");
        }

        _live.Tell("b");
        (await client.UntilAsync("b")).ShouldBe(["b"]);
    }

    [Test]
    public async Task Frames_that_wait_are_bounded_by_their_bytes()
    {
        using var client = await _live.ConnectAsync();

        for (var i = 0; i < 20; i++)
        {
            _live.Tell("large", bytes: 1_000_000);
        }

        while (await client.NextAsync() is not null)
        {
        }

        client.Closed.ShouldBe((WebSocketCloseStatus)1013);
    }

    [Test]
    public async Task Who_sends_too_long_a_message_can_answer_the_close()
    {
        using var client = await _live.ConnectAsync();

        await client.SendAsync(new string('x', 40_000));
        (await client.NextAsync()).ShouldBeNull();
        await client.CloseAsync();

        await client.ServedAsync();
        (client.Closed, client.Server.State).ShouldBe((WebSocketCloseStatus.MessageTooBig, WebSocketState.Closed));
    }

    private string First => FeedPlace.First(_live.Log, Topics.Feeds).ToString();
}
