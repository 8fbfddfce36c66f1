using System.Collections.Concurrent;
using Workers.Engine.Store;

namespace Workers.MySql.Connections;

/// <summary>
/// Sessions for reading, lent to one reader at a time; some are kept while nobody reads. Where the server has become silent, a few wait for it and the others
/// are told at once: threads that wait are the ones that answer callers. Tests: MySqlFailureTests.
/// </summary>
internal sealed class Readers(Server server, int kept) : IDisposable
{
    private const int Few = 4;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly ConcurrentBag<Session> _idle = [];
    private int _asking;
    private long _answeredAt;
    private volatile bool _disposed;

    public Session Take() => _idle.TryTake(out var session) ? session : new Session(server, writes: false);

    public void Return(Session session)
    {
        if (_disposed || _idle.Count >= kept)
        {
            session.Dispose();
        }
        else
        {
            _idle.Add(session);
        }
    }

    /// <summary>A read, once more where the connection was found dead.</summary>
    public T Ask<T>(Session session, Func<Session, T> read)
    {
        if (Interlocked.Increment(ref _asking) == 1)
        {
            Answered();
        }

        try
        {
            if (Volatile.Read(ref _asking) > Few && Environment.TickCount64 - Volatile.Read(ref _answeredAt) > Silence.TotalMilliseconds)
            {
                throw new StoreUnavailableException($"MySQL at {server.Name} has answered nobody for {Silence.TotalSeconds} s.");
            }

            var found = session.Ask(read);
            Answered();
            return found;
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }

    private void Answered() => Volatile.Write(ref _answeredAt, Environment.TickCount64);
}
