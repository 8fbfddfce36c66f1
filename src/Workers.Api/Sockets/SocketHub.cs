using System.Collections.Immutable;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Workers.Api.Feeds;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;

namespace Workers.Api.Sockets;

/// <summary>The connections of this process. What is new comes from the tail, once for all; each connection is offered what it asked for.</summary>
internal sealed class SocketHub(
    ILog log, LiveTail tail, FeedPages pages, SocketOptions options, EngineMeter meter, TimeProvider clock, ILogger<SocketHub> logger) : ITailListener, IDisposable
{
    private const int Page = 200;
    private const string Stopping = "This process is stopping";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _listening = new(1, 1);
    private ImmutableArray<SocketClient> _clients = [];
    private bool _listens;
    private int _count;
    private bool _stopping;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>How many are connected here.</summary>
    public int Clients => Volatile.Read(ref _count);

    /// <summary>Takes a place for a connection that is to come; null, or else why there is none.</summary>
    public Problem? Reserve(SocketAddress address)
    {
        lock (_gate)
        {
            if (_stopping || _count >= options.MaxClients)
            {
                return Problem.Unavailable("TOO_MANY_CLIENTS", _stopping ? Stopping : $"{options.MaxClients} clients are connected; no more are taken") with { RetryAfter = 5 };
            }

            var replaces = address.ClientId is not null && _clients.Any(c => c.Address == address);
            if (address.UserId is { } user && _users.GetValueOrDefault(user) >= options.MaxPerUser && !replaces)
            {
                return new Problem(429, "TOO_MANY_CLIENTS", $"{options.MaxPerUser} clients of this user are connected; close one first") { Retryable = true, RetryAfter = 5 };
            }

            Count(address, +1);
            return null;
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Release(SocketAddress address)
    {
        lock (_gate)
        {
            Count(address, -1);
        }
    }

    /// <summary>Serves a connection until it ends.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="address">Whose it is.</param>
    /// <param name="asked">What it asked for as it connected.</param>
    /// <param name="barred">Its credential opens nothing any more.</param>
    /// <param name="aborted">It is gone.</param>
    public async Task ServeAsync(WebSocket socket, SocketAddress address, Subscription asked, CancellationToken barred, CancellationToken aborted)
    {
        var client = new SocketClient(socket, address, asked, options.Buffer, this);
        using var closing = barred.Register(() => client.Close(WebSocketCloseStatus.PolicyViolation, "The credential was revoked or has expired; connect with another"));
        SocketClient? replaced;
        bool stopping;
        lock (_gate)
        {
            replaced = address.ClientId is null ? null : _clients.FirstOrDefault(c => c.Address == address);
            _clients = replaced is null ? _clients.Add(client) : _clients.Remove(replaced).Add(client);
            stopping = _stopping;
        }

        meter.ClientCame();
        try
        {
            replaced?.Close(WebSocketCloseStatus.NormalClosure, "Replaced by a newer connection of this client");
            if (stopping)
            {
                client.Close(WebSocketCloseStatus.EndpointUnavailable, Stopping);
            }

            await ListenAsync(aborted);
            await client.RunAsync(aborted);
        }
        finally
        {
            lock (_gate)
            {
                _clients = _clients.Remove(client);
            }

            meter.ClientWent();
            await ListenAsync(CancellationToken.None);
        }
    }

    /// <summary>Tells every connection that this process ends.</summary>
    public void Stop()
    {
        ImmutableArray<SocketClient> clients;
        lock (_gate)
        {
            (_stopping, clients) = (true, _clients);
        }

        foreach (var client in clients)
        {
            client.Close(WebSocketCloseStatus.EndpointUnavailable, Stopping);
        }
    }

    public void Dispose() => _listening.Dispose();

    public void Heard(LogRecord record, FeedPlace place)
    {
        if (!Frame.Tells(record))
        {
            return;
        }

        var (name, user) = (Frame.NameOf(record), record.Headers.Get(HeaderName.UserId));
        Frame? frame = null;
        foreach (var client in _clients)
        {
            if (client.Takes(name, user))
            {
                client.Offer(frame ??= Frame.Of(record, place.ToString()), record);
            }
        }
    }

    public void Jumped(PartitionId partition, FeedPlace before, FeedPlace place)
    {
        var gap = Frame.Gap(before.ToString(), place.ToString(), Now);
        foreach (var client in _clients)
        {
            client.Jumped(gap);
        }
    }

    /// <summary>Its buffer is full. On the tail's thread, which does not wait.</summary>
    public void Slow(SocketClient client)
    {
        lock (_gate)
        {
            if (!_clients.Contains(client))
            {
                return;
            }

            _clients = _clients.Remove(client);
        }

        meter.ClientDropped();
        Log.SocketDropped(logger);
        client.Close((WebSocketCloseStatus)1013, "Frames were taken too slowly; connect again and go on after the last seq");
    }

    /// <summary>Null where the text is no seq of a frame.</summary>
    public FeedPlace? PlaceOf(string seq) => FeedPlace.Read(log, Topics.Feeds, seq);

    public Task<IReadOnlyList<LogRecord>?> ReadAsync(FeedPlace place, CancellationToken cancellation) => pages.ReadAsync(Topics.Feeds, place, Page, cancellation);

    /// <summary>Does this between two frames of the present, told up to where connections have heard.</summary>
    public void Between(Action<FeedPlace> then) => tail.Between(then);

    /// <summary>Does this between two frames of the present if there is nothing of it behind the place.</summary>
    public bool Meet(FeedPlace place, Action then) => tail.Meet(place, then);

    // The tail is followed while there is anybody to hear of it.
    private async Task ListenAsync(CancellationToken cancellation)
    {
        await _listening.WaitAsync(cancellation);
        try
        {
            if (!_listens && _clients.Length > 0)
            {
                await tail.ListenAsync(this, cancellation);
                _listens = true;
            }
            else if (_listens && _clients.Length == 0)
            {
                tail.Leave(this);
                _listens = false;
            }
        }
        finally
        {
            _listening.Release();
        }
    }

    private void Count(SocketAddress address, int change)
    {
        _count += change;
        if (address.UserId is { } user)
        {
            _users[user] = _users.GetValueOrDefault(user) + change;
            if (_users[user] == 0)
            {
                _users.Remove(user);
            }
        }
    }
}
