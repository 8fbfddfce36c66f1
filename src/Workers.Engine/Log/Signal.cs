namespace Workers.Engine.Log;

/// <summary>Wakes one dedicated thread. Setting it while nobody waits is remembered, once.</summary>
public sealed class Signal : IDisposable
{
    private readonly AutoResetEvent _event = new(false);
    private int _set;

    public void Set()
    {
        if (Interlocked.Exchange(ref _set, 1) == 0)
        {
            _event.Set();
        }
    }

    /// <summary>Returns when set, or after <paramref name="timeout"/>.</summary>
    public void Wait(TimeSpan timeout)
    {
        _event.WaitOne(timeout);
        Volatile.Write(ref _set, 0);
    }

    public void Dispose() => _event.Dispose();
}
