namespace Workers.Redis;

/// <summary>
/// Whether Redis is well, and how a write goes on. Three states: near; away; and returning, in which writes wait until those in hand have ended, with whatever became
/// of their marks, and a new generation has begun. It is made in the second.
/// </summary>
internal sealed class Trust(RedisTimes times, bool isShared, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private TaskCompletionSource? _drained;
    private State _state = State.Away;
    private int _inHand;
    private bool _hasWriter;
    private bool _hasMoved;
    private long _firstMoved;
    private long _lastMoved;

    private enum State
    {
        Near,
        Away,
        Returning,
    }

    public bool IsAway
    {
        get
        {
            lock (_gate)
            {
                return _state != State.Near;
            }
        }
    }

    /// <summary>Whether the generation has to be moved, and again, so that writes may go on without Redis.</summary>
    public bool MustMove
    {
        get
        {
            lock (_gate)
            {
                return isShared && _hasWriter && _state == State.Away && (!_hasMoved || clock.GetElapsedTime(_lastMoved) > times.Fresh / 3);
            }
        }
    }

    /// <summary>The generation was moved while Redis is away.</summary>
    /// <param name="begun">When that began.</param>
    public void Moved(long begun)
    {
        lock (_gate)
        {
            // After a gap readers may have found that it stands, and believe until they see it move again.
            if (!_hasMoved || clock.GetElapsedTime(_lastMoved, begun) >= times.Fresh)
            {
                (_hasMoved, _firstMoved) = (true, clock.GetTimestamp());
            }

            _lastMoved = begun;
        }
    }

    /// <summary>Something failed; true for the first to say so.</summary>
    public bool Lose()
    {
        lock (_gate)
        {
            if (_state != State.Near)
            {
                return false;
            }

            (_state, _hasMoved) = (State.Away, false);
            return true;
        }
    }

    /// <summary>From now on writes wait; the task ends when those in hand have ended.</summary>
    public Task StartReturning()
    {
        lock (_gate)
        {
            _state = State.Returning;
            _drained = New();
            if (_inHand == 0)
            {
                _drained.SetResult();
            }

            return _drained.Task;
        }
    }

    public void EndReturning(bool isNear)
    {
        lock (_gate)
        {
            _drained = null;
            _state = isNear ? State.Near : State.Away;
            _changed.SetResult();
            _changed = New();
        }
    }

    /// <summary>How a write goes on. One that does not have to wait is in hand until <see cref="Left"/>.</summary>
    /// <param name="change">Where it has to wait: ends with the state.</param>
    public Way Enter(out Task change)
    {
        lock (_gate)
        {
            change = _changed.Task;
            _hasWriter = true;
            var way = _state switch
            {
                State.Near => Way.With,
                State.Away when MayGoWithout() => Way.Without,
                _ => Way.Wait,
            };
            _inHand += way == Way.Wait ? 0 : 1;
            return way;
        }
    }

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

    // Alone, this process is the only one that could have believed.
    private bool MayGoWithout() =>
        !isShared || (_hasMoved && clock.GetElapsedTime(_firstMoved) > times.Grace && clock.GetElapsedTime(_lastMoved) < times.Fresh);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal enum Way
{
    With,
    Wait,
    Without,
}
