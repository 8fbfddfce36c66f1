using Workers.Engine.Store;

namespace Workers.Api.Cqrs;

/// <summary>Who is told that something is done finds it done: what is read follows what is written within milliseconds.</summary>
internal static class Shown
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Returns when it is shown, or where that takes long: it is done all the same.</summary>
    public static async Task WaitAsync(Func<Task<bool>> isShown, TimeProvider clock, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        try
        {
            while (!await isShown() && clock.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Look, clock, cancellation);
            }
        }
        catch (StoreUnavailableException)
        {
            // Where it is read is away: what was done stays done.
        }
    }
}
