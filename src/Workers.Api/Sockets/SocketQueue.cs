using System.Threading.Channels;

namespace Workers.Api.Sockets;

/// <summary>What waits to be sent to a client, and what it has asked for and is not done yet, in order; bounded by number and by bytes.</summary>
/// <param name="most">Frames that may wait.</param>
internal sealed class SocketQueue(int most)
{
    /// <summary>What the frames come to at most, but for the last one.</summary>
    public const int MaxBytes = 8 << 20;

    private const int MaxAsked = 100;

    private readonly Channel<(Frame? Frame, Subscription? Asked)> _items =
        Channel.CreateUnbounded<(Frame?, Subscription?)>(new UnboundedChannelOptions { SingleReader = true });

    private int _frames;
    private int _asked;
    private long _bytes;

    /// <summary>False where it is full.</summary>
    public bool TryAdd(Frame frame)
    {
        if (Volatile.Read(ref _frames) >= most || Volatile.Read(ref _bytes) >= MaxBytes)
        {
            return false;
        }

        Add(frame);
        return true;
    }

    /// <summary>Full or not: an answer, of which there are no more than what was asked.</summary>
    public void Add(Frame frame)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Add(ref _bytes, frame.Text.Length);
        _items.Writer.TryWrite((frame, null));
    }

    /// <summary>False where too much waits already.</summary>
    public bool TryAdd(Subscription asked)
    {
        if (Volatile.Read(ref _asked) >= MaxAsked)
        {
            return false;
        }

        Interlocked.Increment(ref _asked);
        return _items.Writer.TryWrite((null, asked));
    }

    /// <summary>Returns when there is something to take.</summary>
    public async Task WaitAsync(CancellationToken cancellation) => await _items.Reader.WaitToReadAsync(cancellation);

    /// <summary>What comes next: one of the two, or neither.</summary>
    public (Frame? Frame, Subscription? Asked) Take()
    {
        if (!_items.Reader.TryRead(out var item))
        {
            return default;
        }

        if (item.Frame is { } frame)
        {
            Interlocked.Decrement(ref _frames);
            Interlocked.Add(ref _bytes, -frame.Text.Length);
        }
        else
        {
            Interlocked.Decrement(ref _asked);
        }

        return item;
    }
}
