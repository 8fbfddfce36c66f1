using System.Collections.Concurrent;

namespace Workers.MySql.Connections;

/// <summary>Sessions for reading, lent to one reader at a time; some are kept while nobody reads.</summary>
internal sealed class Readers(Server server, int kept) : IDisposable
{
    private readonly ConcurrentBag<Session> _idle = [];
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

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}
