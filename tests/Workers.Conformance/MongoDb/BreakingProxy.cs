using System.Net;
using System.Net.Sockets;

namespace Workers.Conformance.MongoDb;

/// <summary>Forwards connections to a MongoDB server up to a certain request, then breaks all of them and takes no more until it is mended.</summary>
internal sealed class BreakingProxy : IDisposable
{
    private readonly DnsEndPoint _server;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _connections = [];
    private readonly TcpListener _listener;
    private int _left;
    private bool _answered;
    private bool _again;
    private bool _broken;

    public BreakingProxy(DnsEndPoint server)
    {
        _server = server;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How often it broke.</summary>
    public int Breaks { get; private set; }

    private Task Accepting { get; }

    /// <summary>Breaks at a request, not counting those that only ask how the server is: before the server sees it, or once it has executed it and its answer is on the way.</summary>
    /// <param name="nth">1 for the next.</param>
    /// <param name="again">Takes new connections at once.</param>
    public void BreakAt(int nth, bool answered, bool again)
    {
        lock (_lock)
        {
            (_left, _answered, _again) = (nth, answered, again);
        }
    }

    public void Break()
    {
        lock (_lock)
        {
            (_broken, _again, _left) = (!_again, false, 0);
            Breaks++;
            _connections.ForEach(c => c.Dispose());
            _connections.Clear();
        }
    }

    /// <summary>Breaks what is connected, but takes new connections at once.</summary>
    public void Blink()
    {
        Break();
        Mend();
    }

    public void Mend()
    {
        lock (_lock)
        {
            _broken = false;
        }
    }

    public void Dispose()
    {
        Break();
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_end.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }

            var server = new TcpClient();
            lock (_lock)
            {
                if (_broken)
                {
                    client.Dispose();
                    server.Dispose();
                    continue;
                }

                _connections.AddRange([client, server]);
            }

            _ = ForwardAsync(client, server);
        }
    }

    private async Task ForwardAsync(TcpClient client, TcpClient server)
    {
        try
        {
            await server.ConnectAsync(_server.Host, _server.Port);
            var (asks, answers) = (client.GetStream(), server.GetStream());
            var swallow = new TaskCompletionSource();
            await Task.WhenAny(AskAsync(asks, answers, swallow), AnswerAsync(answers, asks, swallow.Task));
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            // Broken, as it should be.
        }
        finally
        {
            client.Dispose();
            server.Dispose();
        }
    }

    private async Task AskAsync(NetworkStream client, NetworkStream server, TaskCompletionSource swallow)
    {
        var buffer = new byte[1 << 20];
        for (int read; (read = await client.ReadAsync(buffer)) > 0;)
        {
            if (Hits(buffer.AsSpan(0, read)))
            {
                if (!_answered)
                {
                    Break();
                    return;
                }

                swallow.SetResult();
            }

            await server.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private async Task AnswerAsync(NetworkStream server, NetworkStream client, Task swallow)
    {
        var buffer = new byte[1 << 20];
        for (int read; (read = await server.ReadAsync(buffer)) > 0;)
        {
            if (swallow.IsCompleted)
            {
                // The server has done what it was asked.
                Break();
                return;
            }

            await client.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private bool Hits(ReadOnlySpan<byte> request)
    {
        lock (_lock)
        {
            var asks = request.IndexOf("hello\0"u8) < 0 && request.IndexOf("isMaster\0"u8) < 0;
            return asks && _left > 0 && --_left == 0;
        }
    }
}
