using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Workers.Benchmarks.Whole;

/// <summary>One keep-alive connection that sends a request and reads its answer: as little of a client as HTTP/1.1 allows, so that the server is measured.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16_384];

    public async Task OpenAsync(int port) => await _socket.ConnectAsync(IPAddress.Loopback, port);

    /// <summary>The answer's status.</summary>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        var read = 0;
        while (true)
        {
            var got = await _socket.ReceiveAsync(_buffer.AsMemory(read));
            read += got > 0 ? got : throw new IOException("The server closed the connection.");
            if (Complete(_buffer.AsSpan(0, read)))
            {
                return int.Parse(Encoding.ASCII.GetString(_buffer, 9, 3), CultureInfo.InvariantCulture);
            }
        }
    }

    public static byte[] Request(string path, string body, string headers = "") => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public void Dispose() => _socket.Dispose();

    private static bool Complete(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var at = answer[..end].IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            return answer.EndsWith("0\r\n\r\n"u8);
        }

        var text = answer[(at + 16)..];
        System.Buffers.Text.Utf8Parser.TryParse(text, out int length, out _);
        return answer.Length >= end + 4 + length;
    }
}
