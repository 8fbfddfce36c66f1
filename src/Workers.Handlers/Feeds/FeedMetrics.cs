using System.Diagnostics.Metrics;

namespace Workers.Handlers.Feeds;

internal static class FeedMetrics
{
    private static readonly Meter Meter = new("Workers");
    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("workers.feed.publish.duration", "s", "How long it takes until a batch of the feeds' records is durable");

    public static void Published(TimeSpan took) => Duration.Record(took.TotalSeconds);
}
