using System.Diagnostics;

namespace Workers.Benchmarks.Whole;

/// <summary>A closed loop of connections.</summary>
internal static class Load
{
    /// <param name="rate">Requests a second over all connections; 0 sends as fast as answers come.</param>
    /// <returns>Answers a second and the latencies in milliseconds, sorted.</returns>
    public static async Task<(double PerSecond, double[] Ms)> RunAsync(int port, int connections, int requests, int expected, Func<int, byte[]> request, double rate = 0)
    {
        var next = -1;
        var latencies = new double[requests];
        var clock = Stopwatch.StartNew();
        using var due = new SemaphoreSlim(rate > 0 ? 0 : requests);
        var pace = PaceAsync(due, requests, rate, clock);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = new Connection();
            await connection.OpenAsync(port);
            int i;
            while ((i = Interlocked.Increment(ref next)) < requests)
            {
                await due.WaitAsync();
                var bytes = request(i);
                var from = clock.Elapsed;
                var status = await connection.SendAsync(bytes);
                latencies[i] = (clock.Elapsed - from).TotalMilliseconds;
                if (status != expected)
                {
                    throw new InvalidOperationException($"Answered {status}, not {expected}.");
                }
            }
        })));
        await pace;
        var seconds = clock.Elapsed.TotalSeconds;
        Array.Sort(latencies);
        return (requests / seconds, latencies);
    }

    private static async Task PaceAsync(SemaphoreSlim due, int requests, double rate, Stopwatch clock)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var released = 0; rate > 0 && released < requests;)
        {
            await tick.WaitForNextTickAsync();
            var until = Math.Min(requests, (int)(clock.Elapsed.TotalSeconds * rate) + 1);
            if (until > released)
            {
                due.Release(until - released);
                released = until;
            }
        }
    }

    public static double At(this double[] sorted, double quantile) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))];
}
