using Microsoft.Extensions.Logging;
using Workers.MySql.Connections;
using Workers.MySql.Migrations;
using Workers.MySql.State;

namespace Workers.MySql;

/// <summary>
/// Forgets outcomes and callers' keys that are older than <see cref="MySqlOptions.OutcomeRetention"/>, in statements of at most 1,000 rows so that nobody
/// waits for it. Every process has one; who has the lock works.
/// </summary>
internal sealed class OutcomeTrimmer : IDisposable
{
    private const int Step = 1_000;
    private readonly Lane _lane;
    private readonly Server _server;
    private readonly MySqlOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;
    private volatile bool _stopping;

    public OutcomeTrimmer(Server server, MySqlOptions options, TimeProvider time, ILogger logger)
    {
        (_server, _options, _time, _logger) = (server, options, time, logger);
        _lane = new Lane(new Session(server, writes: false), "mysql trimmer");
        _timer = time.CreateTimer(_ => Tick(), null, options.TrimEvery, options.TrimEvery);
    }

    /// <summary>Trims what may go now; the number of rows deleted. 0 where another process is at it.</summary>
    public Task<int> TrimAsync() => _lane.Enqueue(s => s.Ask(Trim));

    public void Dispose()
    {
        _stopping = true;
        _timer.Dispose();
        _lane.Dispose();
    }

    private int Trim(Session session)
    {
        var name = Migrator.LockName(_server, "trim");
        if (!Migrator.TryLock(session, name, 0))
        {
            return 0;
        }

        try
        {
            return TrimAll(session);
        }
        finally
        {
            Migrator.Release(session, name);
        }
    }

    private int TrimAll(Session session)
    {
        var before = (_time.GetUtcNow() - _options.OutcomeRetention).ToUnixTimeMilliseconds();
        var (total, last, from) = (0, Guid.Empty, Guid.Empty);
        do
        {
            from = last;
            (var deleted, last) = OutcomeTable.Trim(session, from, before, Step);
            total += deleted;
        }
        while (last != from && !_stopping);

        int keys;
        do
        {
            keys = CallerKeyTable.Trim(session, before, Step);
            total += keys;
        }
        while (keys > 0 && !_stopping);

        return total;
    }

    private void Tick()
    {
        // One at a time; a slow one makes the next tick do nothing.
        if (_running.IsCompleted)
        {
            _running = Report();
        }
    }

    private async Task Report()
    {
        try
        {
            await TrimAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A loop: the next tick tries again.
            LogMessages.TrimFailed(_logger, exception, _server.Name);
        }
    }
}
