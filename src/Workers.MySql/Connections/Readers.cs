using System.Collections.Concurrent;
using Workers.Engine.Store;

namespace Workers.MySql.Connections;

/// <summary>
/// Sessions for reading, lent to one reader at a time; some are kept while nobody reads. Where the server has become silent, a few wait for it and the others
/// are told at once: threads that wait are the ones that answer callers. Tests: MySqlFailureTests.
/// </summary>
internal sealed class Readers(Server server, MySqlOptions options) : IDisposable
{
    private const int Few = 4;
    private const long SilenceMs = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentBag<Session> _idle = [];
    private readonly SemaphoreSlim _free = new(options.MaxConnections);
    private int _asking;
    private long _answeredAt;
    private long _probedAt;
    private volatile bool _disposed;

    /// <exception cref="StoreUnavailableException">As many as may be are lent, and none came back.</exception>
    public Session Take() => !_free.Wait(Patience)
        ? throw new StoreUnavailableException($"All {options.MaxConnections} connections for reading to MySQL at {server.Name} are in use (Workers:MySql:MaxConnections).")
        : _idle.TryTake(out var session) ? session : new Session(server, writes: false);

    public void Return(Session session)
    {
        if (_disposed || _idle.Count >= options.ReaderConnections)
        {
            session.Dispose();
        }
        else
        {
            _idle.Add(session);
        }

        _free.Release();
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
            if (Volatile.Read(ref _asking) > Few && IsSilent())
            {
                throw new StoreUnavailableException($"MySQL at {server.Name} has answered nobody for {2 * SilenceMs / 1_000} s.");
            }

            session.Renew(options.ConnectionLifetime);
            var found = session.Ask(read);
            Answered();
            return found;
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    // Reads that take long are no silence: it is when the server does not answer a question that costs nothing either.
    private bool IsSilent()
    {
        var (now, answered, probed) = (Environment.TickCount64, Volatile.Read(ref _answeredAt), Volatile.Read(ref _probedAt));
        if (now - answered <= SilenceMs)
        {
            return false;
        }

        if (probed <= answered)
        {
            if (Interlocked.CompareExchange(ref _probedAt, now, probed) == probed)
            {
                new Thread(Probe) { IsBackground = true, Name = "mysql probe" }.Start();
            }

            return false;
        }

        return now - probed > SilenceMs;
    }

    private void Probe()
    {
        using var session = new Session(server, writes: false);
        try
        {
            session.Open();
            session.Execute("DO 0");
            Answered();
        }
        catch (Exception error) when (Failures.IsOfServer(error))
        {
            // Whoever asks is told.
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
