namespace Workers.Bus.Middleware;

/// <summary>What a circuit lets through.</summary>
public enum CircuitState
{
    /// <summary>Everything.</summary>
    Closed,

    /// <summary>Nothing, until its time is over.</summary>
    Open,

    /// <summary>One that is under way, by whose end it closes or opens again.</summary>
    HalfOpen,
}

/// <summary>The circuit of one command or query.</summary>
/// <param name="Name">Registered name.</param>
/// <param name="State">What it lets through.</param>
/// <param name="Failures">Failures in a row.</param>
/// <param name="OpenedAt">When it opened; null if closed.</param>
/// <param name="RetryAt">When the next one is tried; null if closed.</param>
public sealed record CircuitSnapshot(string Name, CircuitState State, int Failures, DateTimeOffset? OpenedAt, DateTimeOffset? RetryAt);

internal sealed class Circuit(string name, int threshold, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _gate = new();
    private CircuitState _state;
    private int _failures;
    private DateTimeOffset _openedAt;
    private volatile bool _quiet = true; // closed and without a failure: nothing to lock for

    /// <returns>True for the one that is tried while the circuit is half open.</returns>
    /// <exception cref="CircuitOpenException">It is open.</exception>
    public bool Enter()
    {
        if (_quiet)
        {
            return false;
        }

        lock (_gate)
        {
            if (_state == CircuitState.Closed)
            {
                return false;
            }

            if (_state == CircuitState.HalfOpen || time.GetUtcNow() < _openedAt + timeout)
            {
                throw new CircuitOpenException(name, _openedAt + timeout);
            }

            _state = CircuitState.HalfOpen;
            return true;
        }
    }

    public void Succeed(bool trial)
    {
        if (_quiet)
        {
            return;
        }

        lock (_gate)
        {
            // What was under way when the circuit opened does not close it.
            if (_state == CircuitState.Closed || (trial && _state == CircuitState.HalfOpen))
            {
                Close();
            }
        }
    }

    // Does not count where the end says nothing about what lies behind: the next one tries again.
    public void Fail(bool trial, bool counts)
    {
        if (!trial && !counts)
        {
            return;
        }

        lock (_gate)
        {
            if (trial && _state == CircuitState.HalfOpen)
            {
                _state = CircuitState.Open;
                if (counts)
                {
                    _failures++;
                    _openedAt = time.GetUtcNow();
                }
            }
            else if (counts && _state == CircuitState.Closed)
            {
                _quiet = false;
                if (++_failures >= threshold)
                {
                    (_state, _openedAt) = (CircuitState.Open, time.GetUtcNow());
                }
            }
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            Close();
        }
    }

    public CircuitSnapshot Snapshot()
    {
        lock (_gate)
        {
            var closed = _state == CircuitState.Closed;
            return new CircuitSnapshot(name, _state, _failures, closed ? null : _openedAt, closed ? null : _openedAt + timeout);
        }
    }

    private void Close() => (_state, _failures, _quiet) = (CircuitState.Closed, 0, true);
}
