using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>
/// A nightly run: mixed load for long, with kills at random in its first half; in the second one process lives on. Then everything adds up, and what the process holds and how
/// long it takes has not grown with time. Nothing else is to run beside it.
/// </summary>
[Category("Slow")]
[NonParallelizable]
public sealed class SoakTests : IDisposable
{
    private const string Variable = "WORKERS_SOAK";

    // Answers that are waited for each second: with those beyond them some eight commands a second, flows and their steps not counted.
    private const int PerSecond = 5;

    private const int Fewest = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly DataDirectory _data = new();
    private readonly Stopwatch _clock = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task Nothing_is_lost_and_nothing_grows_however_long_it_runs()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var minutes) || minutes < Fewest)
        {
            Assert.Ignore($"{Variable}=60 runs it for so many minutes; fewer than {Fewest} tell nothing.");
        }

        var seed = Random.Shared.Next();
        Say($"seed {seed}");
        using var program = new KilledProgram(_data.FullName);
        await program.StartAsync();
        using var load = new Load(program, seed, paced: true);
        await load.PrepareAsync();
        await SoakLoad.PrepareAsync((await program.Present).Api);
        var beside = new SoakLoad(program, _clock);
        using var end = new CancellationTokenSource();
        var callers = load.RunAsync();
        _clock.Start();
        var besides = beside.RunAsync(end.Token);
        List<Vitals> killed, lived;
        TimeSpan last;
        try
        {
            var half = TimeSpan.FromMinutes(minutes) / 2;
            killed = await UnderLoadAsync(program, load, half, new Random(seed));
            last = _clock.Elapsed;
            lived = await UnderLoadAsync(program, load, half, null);
            await SoakLoad.EndAsync((await program.Present).Api);
            load.End();
            await end.CancelAsync();
            await Task.WhenAll(callers, besides).WaitAsync(Patience);
        }
        finally
        {
            load.Abandon();
        }

        Say($"{load.Accepted.Count} commands and {load.Orders.Count} orders accepted, {beside.Timed.Count} timed, {beside.Answered} reads");
        beside.Wrong.ShouldBeEmpty();
        await new Findings((await program.Present).Api, load, _data.Ledger, Say).AllAddsUpAsync();
        ShouldBeFlat(killed, [], "while it is killed");
        ShouldBeFlat(lived, [.. beside.Timed.Where(one => one.At > last)], "of one process");
    }

    /// <summary>What the processes held meanwhile, of each from its first seconds on, in which it starts.</summary>
    /// <param name="kills">When to kill; null for never.</param>
    private async Task<List<Vitals>> UnderLoadAsync(KilledProgram program, Load load, TimeSpan time, Random? kills)
    {
        var (seen, until, begun) = (new List<Vitals>(), _clock.Elapsed + time, _clock.Elapsed);
        var (next, looked) = (NextKill(kills), TimeSpan.Zero);
        using var tick = new PeriodicTimer(Second);
        while (_clock.Elapsed < until)
        {
            await tick.WaitForNextTickAsync();
            await load.AnsweredAsync(PerSecond, Patience);
            if (_clock.Elapsed > next)
            {
                await program.KillAsync();
                await program.StartAsync();
                (next, begun) = (NextKill(kills), _clock.Elapsed);
            }

            if (_clock.Elapsed - looked >= Look && _clock.Elapsed - begun > Settled && Vitals.Of(await program.Present, _clock.Elapsed) is { } vitals)
            {
                seen.Add(vitals);
                looked = _clock.Elapsed;
            }
        }

        return seen;
    }

    private TimeSpan NextKill(Random? random) => random is null ? TimeSpan.MaxValue : _clock.Elapsed + TimeSpan.FromSeconds(random.Next(25, 75));

    /// <summary>The last third beside the first: ratios within one run.</summary>
    private static void ShouldBeFlat(List<Vitals> seen, IReadOnlyList<(TimeSpan At, double Ms)> timed, string when)
    {
        var (begin, third) = (seen[0].At, (seen[^1].At - seen[0].At) / 3);
        for (var n = 0; n < 3; n++)
        {
            var (from, to) = (begin + (third * n), begin + (third * (n + 1)));
            var some = seen.Where(one => one.At >= from && one.At <= to).ToList();
            var p99 = P99(timed, from, to);
            Say($"{when}, from {from.TotalSeconds:F0} s: memory {some.Min(one => one.Memory):F0} to {some.Max(one => one.Memory):F0} MB, handles {some.Min(one => one.Handles)} to {some.Max(one => one.Handles)}, p99 {p99:F1} ms");
        }

        var (first, last) = (seen.Where(one => one.At <= begin + third).ToList(), seen.Where(one => one.At >= begin + (third * 2)).ToList());
        last.Max(one => one.Handles).ShouldBeLessThanOrEqualTo(first.Max(one => one.Handles) + 20, when);
        last.Max(one => one.Memory).ShouldBeLessThanOrEqualTo(first.Max(one => one.Memory) * 1.25, when);
        if (timed.Count > 0)
        {
            P99(timed, begin + (third * 2), begin + (third * 3)).ShouldBeLessThanOrEqualTo(P99(timed, begin, begin + third) * 3, when);
        }
    }

    private static double P99(IReadOnlyList<(TimeSpan At, double Ms)> timed, TimeSpan from, TimeSpan to)
    {
        var sorted = timed.Where(one => one.At >= from && one.At <= to).Select(one => one.Ms).Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, sorted.Count * 99 / 100)];
    }

    private static void Say(string what) => TestContext.Progress.WriteLine(what);
}
