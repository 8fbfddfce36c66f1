using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Handlers.Feeds;

/// <summary>Where the feeds' records go.</summary>
internal interface IFeedSink
{
    /// <summary>
    /// Publishes the parts in their order and moves the positions. Of a part nothing moves before its records are durable; where it fails half-way the rest is
    /// published again, with the same ids.
    /// </summary>
    Task<FlushResult> PublishAsync(IReadOnlyList<FeedPart> parts, CancellationToken cancellation);
}

/// <summary>What is told of a partition's records.</summary>
/// <param name="Copies">States that are kept beside the position.</param>
internal sealed record FeedPart(PositionMove Move, List<LogRecord> Records, List<StateWrite> Copies)
{
    public Flush ToFlush(bool withRecords)
    {
        var flush = new Flush { Position = Move };
        flush.States.AddRange(Copies);
        if (withRecords)
        {
            flush.Outgoing.AddRange(Records);
        }

        return flush;
    }
}
