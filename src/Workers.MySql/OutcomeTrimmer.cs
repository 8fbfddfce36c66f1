using Microsoft.Extensions.Logging;
using Workers.Engine.Store;
using Workers.MySql.Connections;
using Workers.MySql.Migrations;
using Workers.MySql.State;

namespace Workers.MySql;

/// <summary>
/// Forgets outcomes that are older than <see cref="MySqlOptions.OutcomeRetention"/>, and callers' keys of commands that have none any more, in statements of at most 1,000 rows so that nobody
/// waits for it. Every process has one; who has the lock works.
/// </summary>
internal sealed class OutcomeTrimmer : IDisposable
{
    private const int Step = 1_000;
    private readonly Lane _lane;
    private readonly MySqlOptions _options;
    private readonly TimeProvider _time;
    private readonly string _lock;
    private readonly RetentionLoop _loop;

    public OutcomeTrimmer(Server server, MySqlOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _lock) = (options, time, Migrator.LockName(server, "trim"));
        _lane = new Lane(new Session(server, writes: false), "mysql trimmer");
        _loop = new RetentionLoop(time, options.TrimEvery, TrimAsync, error => LogMessages.TrimFailed(logger, error, server.Name));
    }

    /// <summary>Trims what may go now; the number of rows deleted. 0 where another process is at it.</summary>
    public async Task<int> TrimAsync()
    {
        if (!await Do(s => Migrator.TryLock(s, _lock, 0)).ConfigureAwait(false))
        {
            return 0;
        }

        try
        {
            var before = (_time.GetUtcNow() - _options.OutcomeRetention).ToUnixTimeMilliseconds();
            return await RetentionLoop.ForgetOutcomesAsync(
                from => Do(s => OutcomeTable.Trim(s, from, before, Step)), from => Do(s => CallerKeyTable.Trim(s, from, before, Step))).ConfigureAwait(false);
        }
        finally
        {
            await Do(s =>
            {
                Migrator.Release(s, _lock);
                return true;
            }).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _loop.Dispose();
        _lane.Dispose();
    }

    // All on one session, which has the lock; where that was lost another process may trim too, which does no harm.
    private Task<T> Do<T>(Func<Session, T> step) => _lane.Enqueue(s => s.Ask(step));
}
