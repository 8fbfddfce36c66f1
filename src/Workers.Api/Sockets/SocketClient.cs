using System.Buffers;
using System.Net.WebSockets;
using Workers.Api.Feeds;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Api.Sockets;

/// <summary>
/// One connection: a task that receives as long as it lasts, whatever else is done (only then are pings answered), and one that sends what waits and does what the
/// client asks for, in order. What is missed between a place that it names and the present is read from the log, a page at a time, at the pace at which the
/// client takes it.
/// </summary>
/// <param name="asked">What it asked for as it connected.</param>
internal sealed class SocketClient(WebSocket socket, SocketAddress address, Subscription asked, int buffer, SocketHub hub)
{
    private const int MaxMessage = 16 * 1024;

    // So many records that are not for it, and it is told how far they were read: when the connection breaks, it need not begin again.
    private const int Quiet = 1_000;

    private static readonly TimeSpan MeetAgain = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(10);

    private readonly SocketQueue _queue = new(buffer);
    private readonly Queue<Subscription> _later = new();
    private readonly TaskCompletionSource<(WebSocketCloseStatus Status, string Reason)> _close = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<string> _patterns = asked.Patterns ?? Subscription.Everything;

    // Changed between two records of the present only.
    private bool _reading = asked.After is not null;
    private bool _jumped;
    private FeedPlace? _from;

    public SocketAddress Address => address;

    private bool IsClosing => _close.Task.IsCompleted;

    /// <summary>Whether a frame of this name about this user is for it.</summary>
    public bool Takes(string name, string? userId) =>
        (address.UserId is null || userId is null || userId == address.UserId) && Subscription.Matches(_patterns, name);

    /// <summary>On the tail's thread: a frame of the present.</summary>
    public void Offer(Frame frame, LogRecord record)
    {
        if (!IsClosing && !_reading && !(_from is { } from && record.Offset < from[record.Where]) && !_queue.TryAdd(frame))
        {
            hub.Slow(this);
        }
    }

    /// <summary>On the tail's thread: the present goes on elsewhere.</summary>
    public void Jumped(Frame gap)
    {
        (_from, _jumped) = (null, true);
        _queue.Add(gap);
    }

    /// <summary>Until either side closes.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        if (asked.After is not null)
        {
            _queue.TryAdd(asked);
        }

        var limiting = LimitAsync(closing, ended);
        var sending = SendAsync(closing.Token, ended);
        try
        {
            await ReceiveAsync(ended.Token);
        }
        catch (Exception error) when (IsEnd(error))
        {
            // The other side is gone, or this one gave it up.
        }
        finally
        {
            Close(WebSocketCloseStatus.NormalClosure, "");
            await limiting;
            await sending;
        }
    }

    /// <summary>Says why and ends, some seconds later at most; a client that does not take even that is cut off. Does not wait.</summary>
    public void Close(WebSocketCloseStatus status, string reason) => _close.TrySetResult((status, reason));

    private async Task LimitAsync(CancellationTokenSource closing, CancellationTokenSource ended)
    {
        await _close.Task;
        await closing.CancelAsync();
        ended.CancelAfter(EndWithin);
    }

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        var message = new ArrayBufferWriter<byte>(512);
        while (true)
        {
            var received = await socket.ReceiveAsync(message.GetMemory(512), cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            message.Advance(received.Count);
            if (message.WrittenCount > MaxMessage)
            {
                Close(WebSocketCloseStatus.MessageTooBig, $"A message has at most {MaxMessage} bytes");
            }

            if (received.EndOfMessage && !IsClosing)
            {
                Take(message.WrittenMemory);
            }

            if (received.EndOfMessage || IsClosing)
            {
                // While this side closes, what comes is passed over until the other's answer.
                message.ResetWrittenCount();
            }
        }
    }

    private void Take(ReadOnlyMemory<byte> message)
    {
        var (asked, error) = Subscription.Read(message);
        error ??= asked!.After is { } after && hub.PlaceOf(after) is null ? "after must be the seq of a frame" : null;
        if (!(error is null ? _queue.TryAdd(asked!) : _queue.TryAdd(Frame.Error(error))))
        {
            Close(WebSocketCloseStatus.PolicyViolation, "Too many messages wait for an answer");
        }
    }

    private async Task SendAsync(CancellationToken closing, CancellationTokenSource ended)
    {
        var isClosed = false;
        try
        {
            try
            {
                await ServeAsync(closing, ended.Token);
            }
            catch (Exception error) when (error is LogUnavailableException or StoreUnavailableException)
            {
                Close((WebSocketCloseStatus)1013, "The log cannot be read now; connect again and go on after the last seq");
            }
            catch (OperationCanceledException) when (IsClosing)
            {
            }

            var (status, reason) = await _close.Task;
            await socket.CloseOutputAsync(status, reason, ended.Token);
            isClosed = true;
        }
        catch (Exception error) when (IsEnd(error))
        {
        }
        finally
        {
            if (!isClosed)
            {
                await ended.CancelAsync();
            }
        }
    }

    private async Task ServeAsync(CancellationToken closing, CancellationToken ended)
    {
        while (!IsClosing)
        {
            var (frame, asked) = _later.TryDequeue(out var later) ? (null, later) : _queue.Take();
            await (frame is not null ? SendAsync(frame, ended) : asked is not null ? DoAsync(asked, closing, ended) : _queue.WaitAsync(closing));
        }
    }

    private async Task DoAsync(Subscription asked, CancellationToken closing, CancellationToken ended)
    {
        if (asked.After is not { } text)
        {
            // Behind all that was told before this place, and before all that comes after it.
            hub.Between(place =>
            {
                _patterns = asked.Patterns ?? _patterns;
                _queue.Add(Frame.Subscribed(_patterns, place.ToString(), hub.Now));
            });
            return;
        }

        hub.Between(_ => (_reading, _jumped, _patterns) = (true, false, asked.Patterns ?? _patterns));
        while (_queue.Take() is var (frame, next) && (frame is not null || next is not null))
        {
            if (frame is not null)
            {
                await SendAsync(frame, ended);
            }
            else
            {
                _later.Enqueue(next!);
            }
        }

        var place = hub.PlaceOf(text)!;
        await CatchUpAsync(text, place, closing, ended);
        await SendAsync(Frame.Subscribed(_patterns, place.ToString(), hub.Now), ended);
    }

    /// <summary>Sends what lies between the place and the present; meanwhile nothing of the present is taken, and at last both meet.</summary>
    private async Task CatchUpAsync(string text, FeedPlace place, CancellationToken closing, CancellationToken ended)
    {
        var quiet = 0;
        while (true)
        {
            var at = place.Copy();
            if (await hub.ReadAsync(place, closing) is not { } records)
            {
                hub.Between(place.MoveTo);
                await SendAsync(Frame.Gap(text, place.ToString(), hub.Now), ended);
                continue;
            }

            foreach (var record in records)
            {
                closing.ThrowIfCancellationRequested();
                at.Pass(record.Where, record.Offset + 1);
                quiet++;
                if (Frame.Tells(record) && Takes(Frame.NameOf(record), record.Headers.Get(HeaderName.UserId)))
                {
                    await SendAsync(Frame.Of(record, at.ToString()), ended);
                    quiet = 0;
                }
            }

            if (quiet >= Quiet)
            {
                await SendAsync(Frame.Passed(at.ToString(), hub.Now), ended);
                quiet = 0;
            }

            if (records.Count > 0)
            {
                continue;
            }

            if (hub.Meet(place, () => (_from, _reading) = (_jumped ? null : place.Copy(), false)))
            {
                return;
            }

            await Task.Delay(MeetAgain, closing);
        }
    }

    // An ObjectDisposedException is an InvalidOperationException too.
    private static bool IsEnd(Exception error) => error is WebSocketException or OperationCanceledException or IOException or InvalidOperationException;

    private async Task SendAsync(Frame frame, CancellationToken cancellation) =>
        await socket.SendAsync(frame.Text, WebSocketMessageType.Text, endOfMessage: true, cancellation);
}
