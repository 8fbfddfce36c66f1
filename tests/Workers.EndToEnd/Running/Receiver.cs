using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Workers.EndToEnd.Running;

/// <summary>A handler outside: takes webhooks on a port of its own and answers what the test says.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<JsonObject, int, (int Status, string Body)> _answer;
    private readonly Task _serving;

    /// <param name="answer">By the webhook's data and how many came before.</param>
    public Receiver(Func<JsonObject, int, (int Status, string Body)> answer)
    {
        _answer = answer;
        Url = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>What came, in order, with its headers.</summary>
    public ConcurrentQueue<(JsonObject Body, string Raw, string? Id, string? Timestamp, string? Signature)> Came { get; } = new();

    public void Dispose()
    {
        _listener.Close();
        _serving.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var raw = await reader.ReadToEndAsync();
            var body = JsonNode.Parse(raw)!.AsObject();
            var headers = context.Request.Headers;
            var before = Came.Count;
            Came.Enqueue((body, raw, headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]));
            var (status, text) = _answer(body["data"]!.AsObject(), before);
            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
