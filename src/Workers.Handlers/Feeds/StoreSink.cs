using Workers.Engine.Store;

namespace Workers.Handlers.Feeds;

/// <summary>The feeds lie in the store's own file: records and position are one transaction, so each is there exactly once.</summary>
internal sealed class StoreSink(IStateStore store) : IFeedSink
{
    /// <summary>More records than these are not one commit: nobody who waits for a command should wait for them.</summary>
    private const int AtOnce = 500;

    public async Task<FlushResult> PublishAsync(IReadOnlyList<FeedPart> parts, CancellationToken cancellation)
    {
        if (parts.Sum(p => p.Records.Count) <= AtOnce)
        {
            var results = await Task.WhenAll(parts.Select(p => store.FlushAsync(p.ToFlush(withRecords: true)))).ConfigureAwait(false);
            return results.FirstOrDefault(r => r != FlushResult.Committed, FlushResult.Committed);
        }

        foreach (var part in parts)
        {
            if (await store.FlushAsync(part.ToFlush(withRecords: true)).ConfigureAwait(false) is var result and not FlushResult.Committed)
            {
                return result;
            }
        }

        return FlushResult.Committed;
    }
}
