namespace Workers.Redis;

/// <summary>
/// Whether this process believes what is in Redis, and whether its writes may go on without having dropped their entries there. Three states: believed; away; and
/// being renewed, in which writes wait until those in hand have ended, with whatever became of their marks, and a new generation of the cache has begun. It is made in the second.
/// </summary>
internal sealed class Trust(RedisTimes times, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private TaskCompletionSource? _drained;
    private State _state = State.Away;
    private long _awaySince = clock.GetTimestamp();
    private long _believedFrom;
    private int _inHand;
    private long _generation;

    private enum State
    {
        Believed,
        Away,
        Renewing,
    }

    /// <summary>The generation whose entries count; false while none do.</summary>
    public bool Believes(out long generation)
    {
        lock (_gate)
        {
            generation = _generation;
            return _state == State.Believed && clock.GetElapsedTime(_believedFrom) < times.Lease;
        }
    }

    public bool IsAway
    {
        get
        {
            lock (_gate)
            {
                return _state != State.Believed;
            }
        }
    }

    /// <summary>A look at Redis that went well.</summary>
    /// <param name="begun">When it was sent.</param>
    /// <param name="generation">What it found.</param>
    public void Renew(long begun, long generation)
    {
        lock (_gate)
        {
            if (_state == State.Believed)
            {
                (_believedFrom, _generation) = (begun, Math.Max(_generation, generation));
            }
        }
    }

    /// <summary>Something failed; true for the first to say so.</summary>
    public bool Lose()
    {
        lock (_gate)
        {
            if (_state != State.Believed)
            {
                return false;
            }

            _state = State.Away;
            _awaySince = clock.GetTimestamp();
            return true;
        }
    }

    /// <summary>From now on writes wait; the task ends when those in hand have ended.</summary>
    public Task StartRenewing()
    {
        lock (_gate)
        {
            _state = State.Renewing;
            _drained = New();
            if (_inHand == 0)
            {
                _drained.SetResult();
            }

            return _drained.Task;
        }
    }

    /// <param name="begun">When the new generation was asked for; null where that failed.</param>
    /// <param name="generation">The new one.</param>
    public void EndRenewing(long? begun, long generation)
    {
        lock (_gate)
        {
            _drained = null;
            _state = begun is null ? State.Away : State.Believed;
            (_believedFrom, _generation) = (begun ?? 0, generation);
            _changed.SetResult();
            _changed = New();
        }
    }

    /// <summary>How a write goes on.</summary>
    /// <param name="generation">Where it may use Redis.</param>
    /// <param name="wait">Where it has to wait for the state to change, at most for the time given.</param>
    public Way Enter(out long generation, out Task wait, out TimeSpan atMost)
    {
        lock (_gate)
        {
            (generation, wait, atMost) = (_generation, _changed.Task, times.Grace);
            if (_state == State.Believed)
            {
                _inHand++;
                return Way.With;
            }

            if (_state == State.Away)
            {
                atMost = times.Grace - clock.GetElapsedTime(_awaySince);
                if (atMost <= TimeSpan.Zero)
                {
                    _inHand++;
                    return Way.Without;
                }
            }

            return Way.Wait;
        }
    }

    /// <summary>A write that did not have to wait has ended.</summary>
    public void Left()
    {
        lock (_gate)
        {
            if (--_inHand == 0)
            {
                _drained?.TrySetResult();
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal enum Way
{
    With,
    Wait,
    Without,
}
