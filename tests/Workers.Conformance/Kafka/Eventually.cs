using System.Diagnostics;
using Shouldly;

namespace Workers.Conformance.Kafka;

internal static class Eventually
{
    /// <summary>Looks until it holds. A broker says nothing of itself: there is no signal to wait for.</summary>
    public static async Task Holds(Func<bool> condition, string what)
    {
        var since = Stopwatch.StartNew();
        while (!condition())
        {
            since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), what);
            await Task.Delay(20);
        }
    }
}
