using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Contracts;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite;

namespace Workers.Benchmarks.Store;

/// <summary>
/// What the embedded file gives by itself, one writer, fsync before anybody is told: durable appends, flushes (the ceiling of
/// effectively-once consuming), reading. Values of 200 bytes.
/// </summary>
internal sealed class StoreBenchmark : IDisposable
{
    private const int PerFlush = 500;
    private const int Flushes = 240;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workers-store-");
    private readonly SqliteDatabase _database;
    private readonly byte[] _value = new byte[200];
    private readonly HeaderBlock _headers;
    private readonly Random _random = new(1);

    private StoreBenchmark()
    {
        _random.NextBytes(_value);
        _headers = new HeaderWriter().Add(HeaderName.Type, "CreateUser").Add(HeaderName.Source, "benchmark").Add(HeaderName.Door, "execute").Take();
        _database = SqliteDatabase.Open(
            new SqliteOptions { Path = Path.Combine(_directory.FullName, "workers.db") }, TimeProvider.System, NullLogger.Instance);
    }

    public static async Task Run()
    {
        Console.WriteLine("embedded store, 200-byte values, fsync, medians of 3");
        foreach (var partitions in (int[])[1, 4])
        {
            await Measure($"flushes of {PerFlush} (state, event, outcome, outgoing), new aggregates, {partitions} partition(s)", b => b.Flush(partitions, 0));
            await Measure($"flushes of {PerFlush}, 10,000 aggregates updated, {partitions} partition(s)", b => b.Flush(partitions, 10_000));
        }

        await Measure("durable appends, 64 callers", b => b.Append(64, 1_000));
        await Measure("Fill of 4 partitions", b => b.Fill(200_000));
    }

    /// <summary>Flushes a second times their rows, as the pumps of so many partitions write them: aggregates that are there, an event, an outcome and a record each.</summary>
    public static Task<double> FlushesAsync(int partitions, int aggregates) => MedianAsync(b => b.Flush(partitions, aggregates));

    /// <summary>The same with outcomes alone.</summary>
    public static Task<double> OutcomesAsync(int partitions) => MedianAsync(b => b.Flush(partitions, 0, outcomesAlone: true));

    /// <summary>Durable appends a second of so many callers, each of which waits for its own.</summary>
    public static Task<double> AppendsAsync(int callers, int each) => MedianAsync(b => b.Append(callers, each));

    public void Dispose()
    {
        _database.Dispose();
        _directory.Delete(recursive: true);
    }

    private static async Task<double> MedianAsync(Func<StoreBenchmark, Task<Result>> run)
    {
        var rates = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            using var benchmark = new StoreBenchmark();
            rates.Add((await run(benchmark)).Rate);
        }

        return rates.Order().ElementAt(1);
    }

    // CPU of the whole process a record, beside the rate: on a busy machine it is the steadier figure.
    private static async Task Measure(string name, Func<StoreBenchmark, Task<Result>> run)
    {
        var results = new List<Result>();
        for (var i = 0; i < 3; i++)
        {
            using var benchmark = new StoreBenchmark();
            results.Add(await run(benchmark));
        }

        results.Sort((a, b) => a.Rate.CompareTo(b.Rate));
        Console.WriteLine(
            $"{name,-82} {results[1].Rate,10:N0} records/s ({results[0].Rate:N0}–{results[2].Rate:N0}), CPU {results.Min(r => r.Cpu):N1} µs a record");
    }

    private async Task<Result> Append(int callers, int each)
    {
        var clock = Clock.Start();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                await _database.Log.AppendAsync(Record(Topics.Commands, $"caller-{caller}"), default);
            }
        })));
        return clock.Stop(callers * each);
    }

    private async Task<Result> Fill(int records)
    {
        for (var i = 0; i < records; i += 1_000)
        {
            await _database.Log.AppendAsync([.. Enumerable.Range(i, 1_000).Select(n => Record(Topics.Commands, $"key-{n}"))], default);
        }

        using var wake = new Signal();
        using var reader = _database.Log.OpenReader([Topics.Commands], wake);
        var cursors = Enumerable.Range(0, 4).Select(n => new PartitionCursor(new PartitionId(Topics.Commands, n), 0)).ToArray();
        var clock = Clock.Start();
        var read = 0;
        while (read < records && reader.Fill(cursors))
        {
            foreach (var cursor in cursors)
            {
                read += cursor.Pending.Count;
                cursor.Rewind(cursor.Next);
            }
        }

        return clock.Stop(read);
    }

    // As the pumps do: two flushes of a partition in flight, prepared before the clock starts.
    private async Task<Result> Flush(int partitions, int aggregates, bool outcomesAlone = false)
    {
        var known = Enumerable.Range(0, aggregates).Select(_ => (Key: NewKey(), Tail: new StreamTail(0))).ToArray();
        var versions = new long[aggregates];
        var flushes = new List<Flush>[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            flushes[partition] = [];
            await _database.State.TakeAsync("commands", new PartitionId(Topics.Commands, partition), default);
        }

        for (var i = 0; i < aggregates; i += PerFlush)
        {
            var turn = flushes[0].Count;
            flushes[0].Add(Prepare(0, turn, Enumerable.Range(i, PerFlush).Select(n => (known[n].Key, versions[n]++, known[n].Tail))));
            await _database.State.FlushAsync(flushes[0][^1]);
        }

        var warm = flushes[0].Count;
        for (var i = 0; i < Flushes; i++)
        {
            var partition = i % partitions;
            flushes[partition].Add(Prepare(partition, flushes[partition].Count, aggregates == 0
                ? Enumerable.Range(0, PerFlush).Select(_ => (NewKey(), 0L, new StreamTail(0)))
                : OfPartition(partition, partitions, aggregates).Select(n => (known[n].Key, versions[n]++, known[n].Tail))));
            if (outcomesAlone)
            {
                var flush = flushes[partition][^1];
                flush.States.Clear();
                flush.Events.Clear();
                flush.Outgoing.Clear();
            }
        }

        GC.Collect();
        var clock = Clock.Start();
        await Task.WhenAll(flushes.Select((list, partition) => Task.Run(async () =>
        {
            var before = Task.FromResult(FlushResult.Committed);
            foreach (var flush in list.Skip(partition == 0 ? warm : 0))
            {
                var now = _database.State.FlushAsync(flush);
                Check(await before);
                before = now;
            }

            Check(await before);
        })));
        return clock.Stop(Flushes * PerFlush);
    }

    private HashSet<int> OfPartition(int partition, int partitions, int aggregates)
    {
        var chosen = new HashSet<int>();
        while (chosen.Count < PerFlush)
        {
            chosen.Add((_random.Next(aggregates / partitions) * partitions) + partition);
        }

        return chosen;
    }

    private Flush Prepare(int partition, int turn, IEnumerable<(StateKey Key, long Version, StreamTail Tail)> aggregates)
    {
        var where = new PartitionId(Topics.Commands, partition);
        var now = TimeProvider.System.GetUtcNow();
        var at = now.ToUnixTimeMilliseconds();
        var flush = new Flush { Position = new PositionMove("commands", where, (turn + 1) * PerFlush, turn, 1) };
        foreach (var (key, version, tail) in aggregates)
        {
            var id = Ids.New(now);
            flush.States.Add(new StateWrite(key, version, version + 1, _value, null, at, tail));
            flush.Events.Add(new EventWrite(key, tail, version + 1, "UserCreated", 1, at, id, _value));
            flush.Outcomes.Add(new OutcomeWrite(new Outcome(id, CommandState.Succeeded, null, 1, 201, at, at, where, turn, _value[..60]), false));
            flush.Outgoing.Add(Record(Topics.Events, key.Id));
        }

        return flush;
    }

    private LogRecord Record(string topic, string key)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new LogRecord { Id = Ids.New(now), Topic = topic, Key = key, TimestampMs = now.ToUnixTimeMilliseconds(), Headers = _headers, Value = _value };
    }

    private static StateKey NewKey() => new("user", Ids.New(TimeProvider.System.GetUtcNow()).ToString());

    private sealed record Result(double Rate, double Cpu);

    private sealed class Clock
    {
        private readonly long _wall = Stopwatch.GetTimestamp();
        private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;

        public static Clock Start() => new();

        public Result Stop(int records) => new(
            records / Stopwatch.GetElapsedTime(_wall).TotalSeconds, (Environment.CpuUsage.TotalTime - _cpu).TotalMicroseconds / records);
    }

    private static void Check(FlushResult result)
    {
        if (result != FlushResult.Committed)
        {
            throw new InvalidOperationException($"A flush ended as {result}.");
        }
    }
}
