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
    private const int MoreHandles = 20;
    private const double MoreMemory = 1.25;
    private const double SlowerP99 = 3;

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
        try
        {
            var half = TimeSpan.FromMinutes(minutes) / 2;
            killed = await UnderLoadAsync(program, load, half, new Random(seed));
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

        // Young processes hold what they have had time to: of them files and sockets tell, of memory the one that lived.
        var (young, old) = (Thirds(killed, [], "while it is killed"), Thirds(lived, [.. beside.Timed], "of one process"));
        young[2].Handles.ShouldBeLessThanOrEqualTo(young[0].Handles + MoreHandles);

        // In its first third it fills its caches.
        var (filled, last) = (old[1], old[2]);
        last.Handles.ShouldBeLessThanOrEqualTo(filled.Handles + MoreHandles);
        last.Memory.ShouldBeLessThanOrEqualTo(filled.Memory * MoreMemory);
        last.P99.ShouldBeLessThanOrEqualTo(filled.P99 * SlowerP99);
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

    private static List<Third> Thirds(List<Vitals> seen, IReadOnlyList<(TimeSpan At, double Ms)> timed, string when)
    {
        var thirds = Enumerable.Range(0, 3).Select(n => Third.Of(seen, timed, n)).ToList();
        thirds.ForEach(third => Say($"{when}, {third}"));
        return thirds;
    }

    private static void Say(string what) => TestContext.Progress.WriteLine(what);

    /// <summary>The most of each.</summary>
    private sealed record Third(TimeSpan From, double Memory, int Handles, double P99)
    {
        public static Third Of(List<Vitals> seen, IReadOnlyList<(TimeSpan At, double Ms)> timed, int number)
        {
            var length = (seen[^1].At - seen[0].At) / 3;
            var (from, to) = (seen[0].At + (length * number), seen[0].At + (length * (number + 1)));
            var some = seen.Where(one => one.At >= from && one.At <= to).ToList();
            var sorted = timed.Where(one => one.At >= from && one.At <= to).Select(one => one.Ms).Order().ToList();
            return new Third(from, some.Max(one => one.Memory), some.Max(one => one.Handles), sorted.Count == 0 ? 0 : sorted[sorted.Count * 99 / 100]);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"from {From.TotalSeconds:F0} s: memory {Memory:F0} MB, {Handles} handles, p99 {P99:F1} ms");
    }
}
