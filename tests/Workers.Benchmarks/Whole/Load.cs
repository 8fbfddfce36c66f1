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
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = new Connection();
            await connection.OpenAsync(port);
            int i;
            while ((i = Interlocked.Increment(ref next)) < requests)
            {
                var bytes = request(i);
                var due = rate > 0 ? i / rate : 0;
                while (clock.Elapsed.TotalSeconds < due)
                {
                    await Task.Yield();
                }

                var from = clock.Elapsed;
                var status = await connection.SendAsync(bytes);
                latencies[i] = (clock.Elapsed - from).TotalMilliseconds;
                if (status != expected)
                {
                    throw new InvalidOperationException($"Answered {status}, not {expected}.");
                }
            }
        })));
        var seconds = clock.Elapsed.TotalSeconds;
        Array.Sort(latencies);
        return (requests / seconds, latencies);
    }

    public static double At(this double[] sorted, double quantile) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))];
}
