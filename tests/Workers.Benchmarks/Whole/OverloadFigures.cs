using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Workers.Benchmarks.Report;

namespace Workers.Benchmarks.Whole;

/// <summary>Three times the orders that can be done are sent, whether or not the ones before were answered: what is accepted, what is refused, and what that costs those that were accepted.</summary>
internal static class OverloadFigures
{
    private const int Times = 3;
    private const int MostConnections = 8_000;
    private const int Warm = 4_000;
    private const int MaxBacklogSeconds = 10;
    private const string Run = "o";

    /// <param name="table">Gets the figures.</param>
    /// <param name="seconds">For which too much is sent.</param>
    public static async Task RunAsync(Table table, int seconds)
    {
        using var host = new HostProcess("all", new Dictionary<string, string> { ["Workers__Api__MaxBacklogTime"] = $"{MaxBacklogSeconds}s" });
        var port = await host.Port;
        await OrderFigures.StockAsync(port);
        await OrderFigures.FlowAsync(host, port, "w", Warm, 0);
        var (capacity, _) = await OrderFigures.FlowAsync(host, port, "c", Warm * 2, 0);
        using var file = new SqliteConnection($"Data Source={Path.Combine(host.Data, "workers.db")};Mode=ReadOnly");
        file.Open();
        var before = OrderFigures.Count(file);
        var memory = host.ResidentMegabytes;
        using var watch = new CancellationTokenSource();
        var watching = PeakAsync(host, watch.Token);

        var sent = await SendAsync(port, capacity * Times, seconds);

        await OrderFigures.ConfirmedAsync(file, before, sent.Accepted);
        await watch.CancelAsync();
        var peak = await watching;
        var (begun, done) = (OrderFigures.Latencies(file, Run, "0"), OrderFigures.Latencies(file, Run));
        if (OrderFigures.Count(file) != before + sent.Accepted || done.Length != sent.Accepted)
        {
            throw new InvalidOperationException($"{sent.Accepted} orders were accepted, {OrderFigures.Count(file) - before} are confirmed, {done.Length} of this run.");
        }

        var limit = $"MaxBacklogTime {MaxBacklogSeconds} s";
        table.Add(new Figure("load", $"orders accepted of {Times} times what can be done, for {seconds} s, {limit}; each is confirmed once", sent.Accepted / sent.Seconds, "/s")
        {
            CeilingOf = "what can be done",
            Ceiling = capacity,
            Durability = "fsync",
            Payload = "350 B",
            Note = FormattableString.Invariant($"offered {sent.Offered / sent.Seconds:N0}/s, {sent.Offered - sent.Accepted - sent.Refused} of them not sent for want of a connection"),
        });
        if (sent.Refused == 0)
        {
            throw new InvalidOperationException("Nothing was refused: what was sent was not too much.");
        }

        table.Add(new Figure("load", "refused with 503", sent.Refused / sent.Seconds, "/s") { P50Ms = sent.RefusedMs.At(.5), P99Ms = sent.RefusedMs.At(.99) });
        table.Add(new Figure("load", "accepted order to the first step of its flow, p99", begun.At(.99) / 1_000, "s") { LessIsBetter = true, P50Ms = begun.At(.5), P99Ms = begun.At(.99) });
        table.Add(new Figure("load", "accepted order to Confirmed, p99", done.At(.99) / 1_000, "s") { LessIsBetter = true, P50Ms = done.At(.5), P99Ms = done.At(.99) });
        table.Add(new Figure("load", "memory at its height", peak.All - peak.OfFiles, "MB")
        {
            LessIsBetter = true,
            Note = $"{memory.All - memory.OfFiles} MB at the beginning, {host.ResidentMegabytes.All - host.ResidentMegabytes.OfFiles} at the end; without pages of mapped files",
        });
    }

    // The clock alone says when the next is sent, over another connection where none is free; one for which there is none any more is not sent at all.
    private static async Task<Sent> SendAsync(int port, double perSecond, int seconds)
    {
        var free = new ConcurrentBag<Connection>();
        var (accepted, offered, opened, refusedMs, under) = (0, 0, 0, new ConcurrentQueue<double>(), new List<Task>());
        var clock = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            await tick.WaitForNextTickAsync();
            for (var due = (int)(clock.Elapsed.TotalSeconds * perSecond); offered < due; offered++)
            {
                if (free.TryTake(out var connection) || opened++ < MostConnections)
                {
                    under.Add(OneAsync(connection, offered));
                }
            }
        }

        var took = clock.Elapsed.TotalSeconds;
        await Task.WhenAll(under);
        foreach (var connection in free)
        {
            connection.Dispose();
        }

        return new Sent(offered, accepted, [.. refusedMs.Order()], took);

        async Task OneAsync(Connection? connection, int number)
        {
            await Task.Yield();
            if (connection is null)
            {
                connection = new Connection();
                await connection.OpenAsync(port);
            }

            var from = clock.Elapsed;
            switch (await connection.SendAsync(OrderFigures.Order(Run, number)))
            {
                case 202:
                    Interlocked.Increment(ref accepted);
                    break;
                case 503:
                    refusedMs.Enqueue((clock.Elapsed - from).TotalMilliseconds);
                    break;
                case var other:
                    throw new InvalidOperationException($"Answered {other}.");
            }

            free.Add(connection);
        }
    }

    private static async Task<(long All, long OfFiles)> PeakAsync(HostProcess host, CancellationToken end)
    {
        var peak = host.ResidentMegabytes;
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        try
        {
            while (await look.WaitForNextTickAsync(end))
            {
                var now = host.ResidentMegabytes;
                peak = now.All - now.OfFiles > peak.All - peak.OfFiles ? now : peak;
            }
        }
        catch (OperationCanceledException)
        {
            // Seen to the end.
        }

        return peak;
    }

    private sealed record Sent(int Offered, int Accepted, double[] RefusedMs, double Seconds)
    {
        public int Refused => RefusedMs.Length;
    }
}
