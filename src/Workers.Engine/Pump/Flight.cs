using System.Diagnostics;
using Workers.Engine.Store;

namespace Workers.Engine.Pump;

/// <summary>Flushes that are submitted and not yet known to be committed: two at most, in order.</summary>
internal sealed class Flight(PumpContext context)
{
    private readonly Queue<(Flush Flush, Task<FlushResult> Task, long At)> _flushes = new();

    public int Count => _flushes.Count;

    public void Submit(Flush flush)
    {
        var task = context.Store.FlushAsync(flush);
        _flushes.Enqueue((flush, task, Stopwatch.GetTimestamp()));
        task.GetAwaiter().UnsafeOnCompleted(context.Wake.Set);
    }

    /// <summary>The oldest flush if it has ended.</summary>
    public bool TryTake(out Flush flush, out FlushResult result, out Exception? error)
    {
        (flush, result, error) = (null!, default, null);
        if (!_flushes.TryPeek(out var first) || !first.Task.IsCompleted)
        {
            return false;
        }

        _flushes.Dequeue();
        flush = first.Flush;
        if (first.Task.IsCompletedSuccessfully)
        {
            result = first.Task.GetAwaiter().GetResult();
            if (result == FlushResult.Committed)
            {
                context.Meter?.Committed(flush, first.At, context.NowMs);
            }
        }
        else
        {
            error = (Exception?)first.Task.Exception?.InnerException ?? new OperationCanceledException();
        }

        return true;
    }
}
