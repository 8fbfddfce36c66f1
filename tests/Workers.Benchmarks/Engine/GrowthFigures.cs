using System.Diagnostics;
using System.Globalization;
using Workers.Benchmarks.Report;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Engine.Log;
using Workers.Engine.Pump;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Benchmarks.Engine;

/// <summary>G9: the work of G2, embedded with four partitions, as what is stored and what waits grows; each beside the same on a small file in the same run.</summary>
internal static class GrowthFigures
{
    private const int Partitions = 4;
    private const int Threads = 2;
    private const int Few = 10_000;
    private const int Commands = 200_000;
    private const int PerFlush = 2_000;

    /// <param name="table">Gets the figures.</param>
    /// <param name="many">Outcomes that are stored, and commands, aggregates and events that are there.</param>
    public static async Task RunAsync(Table table, int many)
    {
        var small = await SmallAsync();
        await OutcomesAsync(table, small, many);
        await AggregatesAsync(table, small, Math.Min(many, 1_000_000));
        await WaitingAsync(table, small, Math.Min(many, 1_000_000));
        await HotKeyAsync(table, small, Math.Min(many, 1_000_000));
        await ParkedAsync(table, small);
        await PartitionsAsync(table, small, 100);
        await PartitionsAsync(table, small, 1_000);
    }

    private static async Task<double> SmallAsync()
    {
        // The first time it is not compiled yet; each on a file of its own.
        var rates = new List<double>();
        for (var i = 0; i < 4; i++)
        {
            using var engine = await WithProductsAsync(Few);
            rates.Add(await RateAsync(engine, Commands, Few));
        }

        return rates[1..].Order().ElementAt(1);
    }

    private static async Task OutcomesAsync(Table table, double small, int many)
    {
        using var engine = await WithProductsAsync(Few);
        var filler = new PartitionId(Topics.Commands, 0);
        var row = await engine.Store.TakeAsync("filler", filler, CancellationToken.None);
        var clock = Stopwatch.StartNew();
        for (var done = 0; done < many; done += PerFlush)
        {
            var flush = new Flush { Position = new PositionMove("filler", filler, done + PerFlush, done / PerFlush, row.Epoch) };
            var now = TimeProvider.System.GetUtcNow();
            for (var i = 0; i < PerFlush; i++)
            {
                flush.Outcomes.Add(new OutcomeWrite(
                    new Outcome(Ids.New(now), CommandState.Succeeded, null, 1, 201, 0, 0, filler, done + i, new byte[60]), Finishes: false));
            }

            if (await engine.Store.FlushAsync(flush) != FlushResult.Committed)
            {
                throw new InvalidOperationException("An outcome was not written.");
            }
        }

        var filled = many / clock.Elapsed.TotalSeconds;
        var rate = await RateAsync(engine, Commands, Few);
        table.Add(Of($"with {many:N0} outcomes stored", rate, small) with
        {
            Note = FormattableString.Invariant($"stored at {filled:N0}/s; file {engine.Bytes >> 20:N0} MB, {Memory} MB resident"),
        });
    }

    private static async Task AggregatesAsync(Table table, double small, int many)
    {
        using var engine = await WithProductsAsync(many);
        var rate = await RateAsync(engine, Commands, many);
        table.Add(Of($"{many:N0} aggregates, each command another", rate, small) with
        {
            Note = FormattableString.Invariant($"file {engine.Bytes >> 20:N0} MB, {Memory} MB resident"),
        });
    }

    private static async Task WaitingAsync(Table table, double small, int many)
    {
        using var engine = await WithProductsAsync(Few);
        await engine.AppendAsync(Consuming.Adjustments(many, Few));
        var clock = Stopwatch.StartNew();
        long most = 0;
        using (var run = engine.Start(many, Threads, executor => executor))
        {
            using var ended = new CancellationTokenSource();
            var looking = MostAsync(memory => most = Math.Max(most, memory), ended.Token);
            run.Wait();
            await ended.CancelAsync();
            await looking;
        }

        var rate = many / clock.Elapsed.TotalSeconds;
        table.Add(Of($"{many:N0} commands that wait", rate, small) with { Note = FormattableString.Invariant($"at most {most} MB resident meanwhile") });

        using var wake = new Signal();
        using var reader = engine.Log.OpenReader([Topics.Events], wake);
        var cursors = Enumerable.Range(0, Partitions).Select(n => new PartitionCursor(new PartitionId(Topics.Events, n), 0)).ToArray();
        clock.Restart();
        var read = 0;
        while (read < many && reader.Fill(cursors))
        {
            foreach (var cursor in cursors)
            {
                read += cursor.Pending.Count;
                cursor.Rewind(cursor.Next);
            }
        }

        table.Add(new Figure("G9", $"a reader that is {read:N0} events behind", read / clock.Elapsed.TotalSeconds, "/s")
        {
            Payload = "200 B",
            Note = FormattableString.Invariant($"{Memory} MB resident"),
        });
    }

    private static async Task HotKeyAsync(Table table, double small, int many)
    {
        using var engine = await WithProductsAsync(Few);
        await engine.AppendAsync(Consuming.Adjustments(many, 1));
        var rate = many / engine.Drain(many, Threads);
        table.Add(Of($"{many:N0} commands of one key", rate, small) with { Wanted = null, Note = "one partition's work by its nature" });
    }

    // They are tried again by an hour; those of other keys go on.
    private static async Task ParkedAsync(Table table, double small)
    {
        using var engine = await WithProductsAsync(2 * Few);
        var parked = Enumerable.Range(Few, Few).Select(i => new AdjustInventory { ProductId = $"p{i}", Action = "add", Quantity = 1, Reason = "parked" });
        await engine.AppendAsync(parked);
        await engine.AppendAsync(Consuming.Adjustments(Commands, Few));
        var clock = Stopwatch.StartNew();
        using var run = engine.Start(Commands, Threads, inner => new ParkingExecutor(inner));
        run.Wait();
        table.Add(Of($"{Few:N0} keys that are parked", Commands / clock.Elapsed.TotalSeconds, small) with
        {
            Note = FormattableString.Invariant($"their parking counted; {Memory} MB resident"),
        });
    }

    private static async Task PartitionsAsync(Table table, double small, int partitions)
    {
        using var engine = await WithProductsAsync(Few, partitions);
        var rate = await RateAsync(engine, Commands, Few);
        table.Add(Of($"{partitions:N0} partitions", rate, small) with { Note = FormattableString.Invariant($"{Memory} MB resident") });
    }

    private static Figure Of(string what, double rate, double small) => new("G9", what, rate, "/s")
    {
        Wanted = small * 0.85,
        CeilingOf = $"the same with {Few:N0}",
        Ceiling = small,
        Durability = "fsync",
        Payload = "200 B",
        Batch = "≤ 500",
    };

    private static async Task<BenchEngine> WithProductsAsync(int products, int partitions = Partitions)
    {
        var engine = BenchEngine.Embedded(partitions);
        await engine.AppendAsync(Enumerable.Range(0, products).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
        engine.Drain(products, Threads);
        return engine;
    }

    private static async Task<double> RateAsync(BenchEngine engine, int commands, int products)
    {
        await engine.AppendAsync(Consuming.Adjustments(commands, products));
        return commands / engine.Drain(commands, Threads);
    }

    // Without the pages of mapped files, which the system takes back when it needs them.
    private static long Memory => File.Exists("/proc/self/status")
        ? long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10
        : Environment.WorkingSet >> 20;

    private static async Task MostAsync(Action<long> look, CancellationToken ended)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!ended.IsCancellationRequested)
        {
            look(Memory);
            await tick.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Puts those aside whose reason says so.</summary>
    private sealed class ParkingExecutor(IRecordExecutor inner) : IRecordExecutor
    {
        public void Prepare(IReadOnlyList<WorkItem> batch, BatchSession session) => inner.Prepare(batch, session);

        public Execution Execute(WorkItem item, BatchSession session) =>
            item.Record.Value.Span.IndexOf("\"parked\""u8) >= 0
                ? Execution.Retry(new InvalidOperationException("Not now."), TimeSpan.FromHours(1))
                : inner.Execute(item, session);

        public void GiveUp(WorkItem item, Execution why, BatchSession session) => inner.GiveUp(item, why, session);

        public bool Cancel(WorkItem item, string why, BatchSession session) => inner.Cancel(item, why, session);

        public bool Delay(WorkItem item, BatchSession session) => inner.Delay(item, session);

        public string HandlerOf(WorkItem item) => inner.HandlerOf(item);

        public void MoveTo(Flush flush) => inner.MoveTo(flush);

        public void Clear() => inner.Clear();
    }
}
