using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Workers.EndToEnd.Running;

/// <summary>A client of <c>/ws</c>.</summary>
internal sealed class LiveClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Why it was closed; null while it is not.</summary>
    public (int Status, string? Reason)? Closed { get; private set; }

    /// <param name="query">Such as <c>user_id=ada</c>; empty for none.</param>
    public static async Task<LiveClient> ConnectAsync(Uri address, string query = "")
    {
        var client = new LiveClient();
        using var deadline = new CancellationTokenSource(Patience);
        await client._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws", Query = query }.Uri, deadline.Token);
        return client;
    }

    public async Task SendAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, deadline.Token);
    }

    /// <summary>Asks for events, and returns when that holds, with the frames that came before.</summary>
    public async Task<List<JsonObject>> SubscribeAsync(string patterns, string? after = null)
    {
        await SendAsync($$"""{"subscribe":[{{patterns}}]{{(after is null ? "" : $",\"after\":\"{after}\"")}}}""");
        return await UntilAsync(frame => Event(frame) == "subscribed");
    }

    /// <summary>The frames up to the one that is wanted.</summary>
    public async Task<List<JsonObject>> UntilAsync(Func<JsonObject, bool> wanted)
    {
        var frames = new List<JsonObject>();
        while (true)
        {
            frames.Add(await NextAsync() ?? throw new InvalidOperationException($"Closed with {Closed} after {string.Join('\n', frames)}"));
            if (wanted(frames[^1]))
            {
                return frames;
            }
        }
    }

    /// <summary>The next frame; null where the other side has closed.</summary>
    public async Task<JsonObject?> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var text = new MemoryStream();
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer, deadline.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                Closed = ((int)_socket.CloseStatus!.Value, _socket.CloseStatusDescription);
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
                return null;
            }

            text.Write(_buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return JsonNode.Parse(text.ToArray())!.AsObject();
            }
        }
    }

    /// <summary>What is left, until the other side closes.</summary>
    public async Task<(int Status, string? Reason)> EndAsync()
    {
        while (await NextAsync() is not null)
        {
        }

        return Closed!.Value;
    }

    public void Dispose() => _socket.Dispose();

    public static string Event(JsonObject frame) => frame["event"]!.ToString();

    public static string Seq(JsonObject frame) => frame["seq"]!.ToString();
}
