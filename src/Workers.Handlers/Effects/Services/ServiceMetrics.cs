using System.Diagnostics.Metrics;

namespace Workers.Handlers.Effects.Services;

internal static class ServiceMetrics
{
    private static readonly Meter Meter = new("Workers");
    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("workers.effect.duration", "s", "How long calls to services outside take");

    public static void Called(string service, string outcome, TimeSpan took) =>
        Duration.Record(took.TotalSeconds, new("service", LabelOf(service)), new("outcome", outcome));

    /// <summary>Labels hold no ids: all subscriptions are one.</summary>
    public static string LabelOf(string service) => service.StartsWith("subscription:", StringComparison.Ordinal) ? "subscription" : service;
}
