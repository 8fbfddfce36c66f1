using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Workers.Conformance.MySql;

/// <summary>The way to a server, on a port of its own: it can fall silent, break, or break at a certain statement.</summary>
internal sealed class TcpGate : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _host;
    private readonly int _port;
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private volatile TaskCompletionSource _open = Opened();
    private volatile string? _breaksAt;
    private volatile bool _passes;
    private int _asked;

    public TcpGate(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often clients have sent something.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Nothing passes any more, and nobody is told: as from a machine that stands still.</summary>
    public void Freeze() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _open.TrySetResult();

    /// <summary>Once: where a client sends this text, its connection breaks.</summary>
    /// <param name="passes">The server gets it all the same, but its answer is lost.</param>
    public void BreakAt(string text, bool passes) => (_passes, _breaksAt) = (passes, text);

    /// <summary>Breaks all connections.</summary>
    public void Break()
    {
        while (_clients.TryTake(out var client))
        {
            client.Dispose();
        }
    }

    public void Dispose()
    {
        Thaw();
        _listener.Dispose();
        Break();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await _open.Task;
                await server.ConnectAsync(_host, _port);
                var lost = new Answer();
                await Task.WhenAny(AskAsync(client, server, lost), AnswerAsync(server, client, lost));
            }
            catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
            }
        }
    }

    private async Task AskAsync(TcpClient client, TcpClient server, Answer answer)
    {
        var buffer = new byte[64 << 10];
        while (await client.GetStream().ReadAsync(buffer) is > 0 and var read)
        {
            Interlocked.Increment(ref _asked);
            await _open.Task;
            if (_breaksAt is { } text && buffer.AsSpan(0, read).IndexOf(Encoding.ASCII.GetBytes(text)) >= 0)
            {
                _breaksAt = null;
                answer.IsLost = true;
                if (!_passes)
                {
                    return;
                }
            }

            await server.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private async Task AnswerAsync(TcpClient server, TcpClient client, Answer answer)
    {
        var buffer = new byte[64 << 10];
        while (await server.GetStream().ReadAsync(buffer) is > 0 and var read && !answer.IsLost)
        {
            await _open.Task;
            await client.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private sealed class Answer
    {
        public volatile bool IsLost;
    }
}
