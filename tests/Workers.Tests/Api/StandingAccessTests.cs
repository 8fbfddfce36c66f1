using System.Net.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Api.Callers;
using Workers.Engine.Control;
using Workers.Engine.Identity;
using Workers.Tests.Time;

namespace Workers.Tests.Api;

/// <summary>Whoever was let in and stays is let out when the credential ends.</summary>
internal sealed class StandingAccessTests : ApiTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_socket_of_a_revoked_key_is_closed_with_1008_and_that_of_another_stays()
    {
        var (key, other) = (Server.MakeKey("ada", ["viewer"]), Server.MakeKey("bob", ["viewer"]));
        using var socket = await ConnectAsync(key);
        using var stays = await ConnectAsync(other);

        Revoke(key);

        using var limit = new CancellationTokenSource(Patience);
        while ((await socket.ReceiveAsync(new byte[1024], limit.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        socket.CloseStatus.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        stays.State.ShouldBe(WebSocketState.Open);
    }

    [Test]
    public async Task A_feed_of_a_revoked_key_ends()
    {
        // Used a moment ago: nothing is appended that its reader would look for.
        var (id, key) = ApiKey.Make();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Server.PutKey(id, new KeyRow("ada", "ada", ["viewer"], ApiKey.HashOf(key), null, null, now, null, "a test", 1_000));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feeds/order-events?after=latest");
        request.Headers.Add("X-Api-Key", key);
        request.Headers.Add("Accept", "text/event-stream");
        using var response = await Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();

        Revoke(key);

        await response.Content.ReadAsStringAsync().WaitAsync(Patience);
    }

    [Test]
    public void A_credential_ends_when_it_expires()
    {
        var clock = new FakeTimeProvider();
        var keys = new KeyRing(new ControlFeed(new MemoryState(), null, NullLogger<ControlFeed>.Instance), clock);
        using var access = new StandingAccess(keys, clock);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        using var stay = access.Enter(new Caller("ada", Role.Viewer, "subject:ada", ExpiresMs: now + 3_000));
        using var forever = access.Enter(new Caller("bob", Role.Viewer, "subject:bob"));

        clock.Advance(TimeSpan.FromSeconds(2));
        stay.Ended.IsCancellationRequested.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));

        stay.Ended.IsCancellationRequested.ShouldBeTrue();
        forever.Ended.IsCancellationRequested.ShouldBeFalse();
    }

    private void Revoke(string key)
    {
        ApiKey.TryId(key, out var id).ShouldBeTrue();
        Server.PutKey(id!, null);
    }

    private async Task<ClientWebSocket> ConnectAsync(string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-Api-Key", key);
        await socket.ConnectAsync(new UriBuilder(Server.Client.BaseAddress!) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None);
        return socket;
    }
}
