using System.Net;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>Clients that take their time, and ten thousand that do nothing: they are cut, or cost nobody anything.</summary>
public sealed class SlowClientTests : IDisposable
{
    private const string ConnectionsName = "WORKERS_CONNECTIONS";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task A_client_that_sends_a_byte_at_a_time_is_cut_by_the_read_timeout()
    {
        using var program = await StartAsync();
        using var slow = await ConnectAsync(program);
        await slow.SendAsync(Ascii("POST /api/v1/products HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"));
        using var ended = new CancellationTokenSource();
        var dripping = DripAsync(slow, ended.Token);

        var answer = await ReadAsync(slow);

        await ended.CancelAsync();
        await dripping;
        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain("REQUEST_TIMEOUT");
        answer.ShouldContain("Connection: close");
        (await program.Api.GetAsync("/health")).Status.ShouldBe(200);
    }

    [Test, Long]
    public async Task A_client_that_never_ends_its_headers_is_cut_by_the_read_timeout()
    {
        using var program = await StartAsync();
        using var slow = await ConnectAsync(program);
        await slow.SendAsync(Ascii("GET /health HTTP/1.1\r\nHost: local"));

        (await ReadAsync(slow)).ShouldStartWith("HTTP/1.1 408");
    }

    [Test]
    public async Task Clients_whose_body_does_not_come_hold_nobody_up()
    {
        using var program = await StartAsync(readTimeout: "00:10:00");
        var slow = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            var client = await ConnectAsync(program);
            await client.SendAsync(Ascii("POST /api/v1/commands/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\""));
            return client;
        }));

        (await program.Api.PostAsync("/api/v1/products", Bodies.Product(Bodies.Id("product"), 1))).Status.ShouldBe(201);

        Array.ForEach(slow, client => client.Dispose());
    }

    /// <summary>500 where nothing is said, ten thousand in a whole run.</summary>
    [Test, Long]
    public async Task Connections_that_do_nothing_stop_nobody()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable(ConnectionsName), out var said) ? said : 500;
        using var program = await StartAsync(readTimeout: "00:10:00");
        var idle = new List<Socket>();
        try
        {
            while (idle.Count < count)
            {
                idle.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(100, count - idle.Count)).Select(_ => ConnectAsync(program))));
            }

            (await program.Api.PostAsync("/api/v1/products", Bodies.Product(Bodies.Id("product"), 1))).Status.ShouldBe(201);
            (await program.Api.GetAsync("/health/ready")).Status.ShouldBe(200);

            // They were only waiting.
            await idle[^1].SendAsync(Ascii("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            (await ReadAsync(idle[^1])).ShouldStartWith("HTTP/1.1 200");
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    private Task<RunningProgram> StartAsync(string readTimeout = "00:00:01") =>
        RunningProgram.StartAsync(_data.FullName, new Dictionary<string, string> { ["Workers__Api__ReadTimeout"] = readTimeout });

    private static async Task<Socket> ConnectAsync(RunningProgram program)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, program.Api.Address.Port));
        return socket;
    }

    /// <summary>More than any least rate, less than anybody needs: until it is told to stop, or the connection is gone.</summary>
    private static async Task DripAsync(Socket socket, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                await socket.SendAsync("a"u8.ToArray(), ended);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // Cut, as it should be.
        }
    }

    /// <summary>All that comes until the server closes the connection.</summary>
    private static async Task<string> ReadAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var (text, buffer) = (new StringBuilder(), new byte[4_096]);
        try
        {
            while (await socket.ReceiveAsync(buffer, deadline.Token) is > 0 and var length)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }
        catch (SocketException)
        {
            // What was sent to a connection that the server has closed.
        }

        return text.ToString();
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
