namespace Workers.Engine.Store;

/// <summary>Forgets now and then what retention allows: one run at a time, in steps so that nobody waits for it. A run that fails is tried again with the next.</summary>
public sealed class RetentionLoop : IDisposable
{
    private readonly Func<Task> _trim;
    private readonly Action<Exception> _failed;
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;
    private volatile bool _disposed;

    public RetentionLoop(TimeProvider time, TimeSpan every, Func<Task> trim, Action<Exception> failed)
    {
        (_trim, _failed) = (trim, failed);
        _timer = time.CreateTimer(_ => Tick(), null, every, every);
    }

    /// <summary>Outcomes by their ids, in which they are ordered by time, then callers' keys. The number of rows deleted.</summary>
    /// <param name="outcomes">A step behind an id: rows deleted, and the last id that was looked at; the same one where none is left.</param>
    /// <param name="keys">The same for keys, in the order of their places.</param>
    public static async Task<int> ForgetOutcomesAsync(
        Func<Guid, Task<(int Deleted, Guid Last)>> outcomes, Func<CallerKeyPlace, Task<(int Deleted, CallerKeyPlace Last)>> keys) =>
        await StepsAsync(outcomes).ConfigureAwait(false) + await StepsAsync(keys).ConfigureAwait(false);

    /// <summary>Begins no further run; how one that is under way ends is nobody's concern.</summary>
    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
    }

    private static async Task<int> StepsAsync<T>(Func<T, Task<(int Deleted, T Last)>> step)
        where T : struct, IEquatable<T>
    {
        var (total, last, from) = (0, default(T), default(T));
        do
        {
            from = last;
            (var deleted, last) = await step(from).ConfigureAwait(false);
            total += deleted;
        }
        while (!last.Equals(from));

        return total;
    }

    private void Tick()
    {
        // A slow one makes the next tick do nothing.
        if (_running.IsCompleted)
        {
            _running = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await _trim().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A loop: the next tick tries again.
            if (!_disposed)
            {
                _failed(exception);
            }
        }
    }
}
