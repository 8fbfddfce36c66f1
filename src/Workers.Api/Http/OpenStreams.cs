using Workers.Engine.Options;

namespace Workers.Api.Http;

/// <summary>Streams of events that this process sends at once: of feeds and of commands' timelines together, as many as there may be WebSockets.</summary>
internal sealed class OpenStreams(SocketOptions sockets)
{
    private int _open;

    /// <summary>One more, until it is disposed of.</summary>
    /// <exception cref="ProblemException">There are too many.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _open) <= sockets.MaxClients)
        {
            return new Stream(this);
        }

        Interlocked.Decrement(ref _open);
        throw new ProblemException(Problem.Unavailable("TOO_MANY_CLIENTS", $"{sockets.MaxClients} streams are read; no more are taken") with { RetryAfter = 5 });
    }

    private sealed class Stream(OpenStreams all) : IDisposable
    {
        private int _isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDone, 1) == 0)
            {
                Interlocked.Decrement(ref all._open);
            }
        }
    }
}
