using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using Workers.Api.Feeds;
using Workers.Engine.Log;

namespace Workers.Api.Sockets;

/// <summary>
/// One connection: a task that receives what the client asks for, and one that sends what waits for it in a bounded buffer. What is missed between a place that
/// it names and the present is read from the log, a page at a time, at the pace at which the client takes it.
/// </summary>
/// <param name="asked">What it asked for as it connected.</param>
internal sealed class SocketClient(WebSocket socket, SocketAddress address, Subscription asked, int buffer, SocketHub hub) : IDisposable
{
    private const int MaxMessage = 16 * 1024;
    private static readonly TimeSpan MeetAgain = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(10);

    private readonly Channel<Frame> _frames = Channel.CreateBounded<Frame>(new BoundedChannelOptions(buffer) { SingleReader = true });
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _ended = new();
    private volatile IReadOnlyList<string> _patterns = asked.Patterns ?? Subscription.Everything;
    private volatile bool _reading = asked.After is not null;
    private volatile bool _disposed;
    private FeedPlace? _from;
    private int _closing;

    public SocketAddress Address => address;

    /// <summary>Whether a frame of this name about this user is for it.</summary>
    public bool Takes(string name, string? userId) =>
        (address.UserId is null || userId is null || userId == address.UserId) && Subscription.Matches(_patterns, name);

    /// <summary>On the tail's thread: a frame of the present.</summary>
    public void Offer(Frame frame)
    {
        if (_reading || IsBefore(frame.Record!))
        {
            return;
        }

        if (!_frames.Writer.TryWrite(frame) && Volatile.Read(ref _closing) == 0)
        {
            hub.Slow(this);
        }
    }

    /// <summary>Until either side closes.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, _ended.Token);
        var sending = SendAsync(either.Token);
        try
        {
            if (asked.After is not null)
            {
                await TakeAsync(asked, either.Token);
            }

            await ReceiveAsync(either.Token);
        }
        catch (Exception error) when (IsEnd(error))
        {
            // The other side is gone, or this one gave it up.
        }
        finally
        {
            await _ended.CancelAsync();
            await sending;
        }
    }

    /// <summary>Says why and ends; a client that does not take even that is cut off.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 1)
        {
            return;
        }

        _frames.Writer.TryComplete();
        using var limit = new CancellationTokenSource(EndWithin);
        try
        {
            await _sending.WaitAsync(limit.Token);
            try
            {
                await socket.CloseOutputAsync(status, reason, limit.Token);
            }
            finally
            {
                _sending.Release();
            }

            if (socket.State != WebSocketState.Closed)
            {
                // The other side's answer ends what receives.
                await Task.Delay(EndWithin, _ended.Token);
            }
        }
        catch (Exception error) when (IsEnd(error))
        {
        }

        if (!_disposed)
        {
            socket.Abort();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _sending.Dispose();
        _ended.Dispose();
    }

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        var message = new ArrayBufferWriter<byte>(512);
        while (true)
        {
            var received = await socket.ReceiveAsync(message.GetMemory(512), cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, "");
                return;
            }

            message.Advance(received.Count);
            if (message.WrittenCount > MaxMessage)
            {
                await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"A message has at most {MaxMessage} bytes");
                return;
            }

            if (received.EndOfMessage)
            {
                await TakeAsync(message.WrittenMemory, cancellation);
                message.ResetWrittenCount();
            }
        }
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var (asked, error) = Subscription.Read(message);
        await (asked is null ? SendAsync(Frame.Error(error!), cancellation) : TakeAsync(asked, cancellation));
    }

    private async Task TakeAsync(Subscription asked, CancellationToken cancellation)
    {
        var after = asked.After is { } text ? hub.PlaceOf(text) : null;
        if (asked.After is not null && after is null)
        {
            await SendAsync(Frame.Error("after must be the seq of a frame"), cancellation);
            return;
        }

        _patterns = asked.Patterns ?? _patterns;
        if (after is not null)
        {
            await CatchUpAsync(asked.After!, after, cancellation);
        }

        await SendAsync(Frame.Subscribed(_patterns, (after ?? hub.Place).ToString(), hub.Now), cancellation);
    }

    /// <summary>Sends what lies between the place and the present; meanwhile nothing of the present is taken, and at last both meet.</summary>
    private async Task CatchUpAsync(string text, FeedPlace place, CancellationToken cancellation)
    {
        _reading = true;
        while (true)
        {
            var at = place.Copy();
            if (await hub.ReadAsync(place, cancellation) is not { } records)
            {
                place.MoveTo(hub.Place);
                await SendAsync(Frame.Gap(text, place.ToString(), hub.Now), cancellation);
                records = [];
            }

            foreach (var record in records)
            {
                at.Pass(record.Where, record.Offset + 1);
                if (Frame.Tells(record) && Takes(Frame.NameOf(record), record.Headers.Get(Contracts.Headers.HeaderName.UserId)))
                {
                    await SendAsync(Frame.Of(record, at.ToString()), cancellation);
                }
            }

            if (records.Count > 0)
            {
                continue;
            }

            if (hub.Meet(place, () => (_from, _reading) = (place.Copy(), false)))
            {
                return;
            }

            await Task.Delay(MeetAgain, cancellation);
        }
    }

    // An ObjectDisposedException is an InvalidOperationException too.
    private static bool IsEnd(Exception error) => error is WebSocketException or OperationCanceledException or IOException or InvalidOperationException;

    private bool IsBefore(LogRecord record) => _from is { } from && record.Offset < from[record.Where];

    private async Task SendAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var frame in _frames.Reader.ReadAllAsync(cancellation))
            {
                await SendAsync(frame, cancellation);
            }
        }
        catch (Exception error) when (IsEnd(error))
        {
        }
    }

    private async Task SendAsync(Frame frame, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            await socket.SendAsync(frame.Text, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }
        finally
        {
            _sending.Release();
        }
    }
}
