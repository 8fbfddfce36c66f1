using Microsoft.Extensions.Logging;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Engine.Health;

/// <summary>
/// A store or a log that is away fails each attempt; it is told of once when that begins and once when it is over, not with every attempt. Any other failure that stays the
/// same is told once a minute. One for each loop that makes attempts; from any thread.
/// </summary>
public sealed class Outage
{
    private const long AgainMs = 60_000;

    private readonly Lock _gate = new();
    private int _lasts;
    private string? _told;
    private long _toldMs;

    /// <summary>How loud this failure is told: <paramref name="loud"/> where it is the first, or not what was told last.</summary>
    /// <param name="of">What has failed, where the loop has several.</param>
    public LogLevel LevelOf(Exception? error, LogLevel loud = LogLevel.Warning, string of = "")
    {
        var isKnown = error is StoreUnavailableException or LogUnavailableException ? Interlocked.Exchange(ref _lasts, 1) == 1 : error is not null && IsTold(of + error.Cause());
        return isKnown ? LogLevel.Debug : loud;
    }

    /// <summary>An attempt has succeeded; true where that is news.</summary>
    public bool Ends() => Volatile.Read(ref _lasts) == 1 && Interlocked.Exchange(ref _lasts, 0) == 1;

    private bool IsTold(string cause)
    {
        lock (_gate)
        {
            var now = Environment.TickCount64;
            if (cause == _told && now - _toldMs < AgainMs)
            {
                return true;
            }

            (_told, _toldMs) = (cause, now);
            return false;
        }
    }
}
