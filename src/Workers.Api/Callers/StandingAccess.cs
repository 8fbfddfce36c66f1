using System.Collections.Concurrent;
using Workers.Engine.Identity;

namespace Workers.Api.Callers;

/// <summary>
/// Whether those who were let in and stay, on a stream or a socket, would be let in still: each second their key is looked for among those that count, and their
/// credential's end is compared with the time.
/// </summary>
internal sealed class StandingAccess : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly KeyRing _keys;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly ConcurrentDictionary<Stay, byte> _stays = [];

    public StandingAccess(KeyRing keys, TimeProvider clock)
    {
        (_keys, _clock) = (keys, clock);
        _timer = clock.CreateTimer(static self => ((StandingAccess)self!).Check(), this, Look, Look);
    }

    /// <summary>From now on, until it is disposed.</summary>
    public Stay Enter(Caller caller)
    {
        var stay = new Stay(this, caller);
        if (caller.KeyId is not null || caller.ExpiresMs is not null)
        {
            _stays.TryAdd(stay, 0);
        }

        return stay;
    }

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        foreach (var (stay, _) in _stays)
        {
            if (!Holds(stay.Caller))
            {
                stay.End();
            }
        }
    }

    private bool Holds(Caller caller) =>
        !(caller.ExpiresMs <= _clock.GetUtcNow().ToUnixTimeMilliseconds())
        && (caller.KeyId is null || (_keys.Find(caller.KeyId) is { } key && key.Caller.Is(Role.Viewer) && key.Caller.Name == caller.Name));

    /// <summary>One who stays.</summary>
    internal sealed class Stay(StandingAccess access, Caller caller) : IDisposable
    {
        private readonly CancellationTokenSource _ended = new();

        public Caller Caller => caller;

        /// <summary>Its credential opens nothing any more.</summary>
        public CancellationToken Ended => _ended.Token;

        public void End()
        {
            if (access._stays.TryRemove(this, out _))
            {
                _ended.Cancel();
            }
        }

        // Not the source: its end may be told at this moment.
        public void Dispose() => access._stays.TryRemove(this, out _);
    }
}
