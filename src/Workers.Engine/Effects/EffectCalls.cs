using Workers.Engine.Store;

namespace Workers.Engine.Effects;

/// <summary>The attempts under way in this process: so many at once over all keys and partitions, on the thread pool.</summary>
internal sealed class EffectCalls(IEnumerable<IEffectHandler> handlers, int limit, EffectSurroundings around) : IDisposable
{
    private readonly Dictionary<string, IEffectHandler> _handlers = handlers.ToDictionary(h => h.Type, StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private int _running;

    /// <summary>What still ran was told to end; nobody waits for it, its rows stay.</summary>
    public bool Abandoned => _stopping.IsCancellationRequested;

    public bool HasRoom => Volatile.Read(ref _running) < limit;

    /// <summary>Starts an attempt; <paramref name="ended"/> is told on a pool's thread, unless it is abandoned.</summary>
    public void Start(ParkedRow row, Action<EffectEnd> ended)
    {
        Interlocked.Increment(ref _running);
        _ = Task.Run(() => RunAsync(row, ended), CancellationToken.None);
    }

    public void Abandon() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(ParkedRow row, Action<EffectEnd> ended)
    {
        var end = await new EffectAttempt(row, _handlers, around).RunAsync(_stopping.Token).ConfigureAwait(false);
        Interlocked.Decrement(ref _running);
        if (end is not null)
        {
            ended(end);
        }
    }
}
