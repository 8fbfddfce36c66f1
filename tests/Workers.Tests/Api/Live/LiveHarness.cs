using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Api.Feeds;
using Workers.Api.Sockets;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;
using Workers.Tests.Follow;

namespace Workers.Tests.Api.Live;

/// <summary>Feeds over a log in memory, and what reads them live.</summary>
internal sealed class LiveHarness : ITailListener, IDisposable
{
    private readonly EngineMeter _meter = new();
    private readonly SemaphoreSlim _heard = new(0);
    private long _ms = 1_000;
    private int _behind;

    public LiveHarness()
    {
        Pages = new FeedPages(Log, TimeProvider.System);
        Tail = new LiveTail(Log, NullLogger<LiveTail>.Instance);
        Hub = new SocketHub(Log, Tail, Pages, new SocketOptions(), _meter, TimeProvider.System, NullLogger<SocketHub>.Instance);
    }

    public MemoryLog Log { get; } = new(2);

    public FeedPages Pages { get; }

    public LiveTail Tail { get; }

    public SocketHub Hub { get; }

    public LogRecord Tell(string name, string topic = Topics.CommandEvents, int bytes = 0)
    {
        var record = new LogRecord
        {
            Id = Guid.NewGuid(),
            Topic = topic,
            Key = name,
            TimestampMs = _ms++,
            Headers = new HeaderWriter().Add(HeaderName.Type, name).Take(),
            Value = Encoding.UTF8.GetBytes($$"""{"x":"{{new string('x', bytes)}}"}"""),
        };
        _behind++;
        Log.AppendAsync(record, CancellationToken.None).GetAwaiter().GetResult();
        return record;
    }

    /// <summary>Returns when all that was told since the first connection has been offered to every one.</summary>
    public async Task HeardAsync()
    {
        for (; _behind > 0; _behind--)
        {
            await _heard.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Connects a client; both sides hold little of what is not read.</summary>
    public async Task<LiveSocket> ConnectAsync(string? subscribe = null, string? after = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = new TcpClient { ReceiveBufferSize = 16_384 };
        await near.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var far = await listener.AcceptTcpClientAsync();
        far.SendBufferSize = 16_384;
        var server = WebSocket.CreateFromStream(far.GetStream(), new WebSocketCreationOptions { IsServer = true });
        var asked = Subscription.Read(subscribe, after).Asked!;
        var serving = Hub.ServeAsync(server, new Workers.Api.Sockets.SocketAddress(null, null), asked, CancellationToken.None, CancellationToken.None);
        _behind = 0;
        await Tail.ListenAsync(this, CancellationToken.None);
        return new LiveSocket(near, server, serving);
    }

    public void Heard(LogRecord record, FeedPlace place) => _heard.Release();

    public void Jumped(PartitionId partition, FeedPlace before, FeedPlace place)
    {
    }

    public void Dispose()
    {
        Tail.Dispose();
        Hub.Dispose();
        Pages.Dispose();
        _meter.Dispose();
        _heard.Dispose();
    }
}

/// <summary>A client's side of a connection.</summary>
internal sealed class LiveSocket(TcpClient near, WebSocket server, Task serving) : IDisposable
{
    private readonly WebSocket _socket = WebSocket.CreateFromStream(near.GetStream(), new WebSocketCreationOptions());
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>The other side's view of it.</summary>
    public WebSocket Server => server;

    public WebSocketCloseStatus? Closed => _socket.CloseStatus;

    public Task SendAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, _deadline.Token);

    public Task CloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _deadline.Token);

    /// <summary>The other side is done with it.</summary>
    public Task ServedAsync() => serving.WaitAsync(_deadline.Token);

    /// <summary>The next frame; null where the other side has closed.</summary>
    public async Task<JsonObject?> NextAsync()
    {
        using var text = new MemoryStream();
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer, _deadline.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            text.Write(_buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return JsonNode.Parse(text.ToArray())!.AsObject();
            }
        }
    }

    /// <summary>The names of the frames up to this one.</summary>
    public async Task<List<string>> UntilAsync(string name)
    {
        var names = new List<string>();
        while (names.LastOrDefault() != name)
        {
            names.Add((await NextAsync() ?? throw new InvalidOperationException($"Closed with {Closed} after {string.Join(", ", names)}"))["event"]!.ToString());
        }

        return names;
    }

    public void Dispose()
    {
        _socket.Dispose();
        near.Dispose();
        server.Dispose();
        _deadline.Dispose();
    }
}
