using Workers.Engine.Store;
using Workers.Tests.Store;

namespace Workers.Tests.Pump;

/// <summary>A store whose flushes are in flight until the test lets their results come.</summary>
internal sealed class HeldStore(IStateStore inner) : WrappedStore(inner)
{
    private readonly Queue<(Task<FlushResult> Written, TaskCompletionSource<FlushResult> Told)> _held = new();

    /// <summary>All that were submitted, in their order.</summary>
    public List<Flush> Flushes { get; } = [];

    public override Task<FlushResult> FlushAsync(Flush flush)
    {
        Flushes.Add(flush);
        var told = new TaskCompletionSource<FlushResult>();
        _held.Enqueue((base.FlushAsync(flush), told));
        return told.Task;
    }

    /// <summary>The oldest flush in flight is there, and its maker is told.</summary>
    public async Task TellAsync()
    {
        var (written, told) = _held.Dequeue();
        told.SetResult(await written);
    }
}
