using System.Diagnostics;
using System.Globalization;
using Workers.Benchmarks.Engine;
using Workers.Contracts.Commands;
using Workers.Telemetry;

namespace Workers.Benchmarks.Whole;

/// <summary>
/// What telemetry costs of G2 and G4: nothing counted or shown, figures alone, and figures and spans at the default ratio to the collector that
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names, in turns, so that all three meet the same machine. Told are rates and the processor time of each record or request, which
/// says more on a machine that is shared; and the median of the rounds' ratios of the latter.
/// </summary>
internal static class TelemetryCost
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const int Commands = 60_000;
    private const int Requests = 150_000;

    // Until the compiler is through with what runs all the time, also with what sends.
    private const int WarmUp = 80_000;

    private static readonly string? s_collector = Environment.GetEnvironmentVariable(Endpoint);

    private enum Mode
    {
        Nothing,
        Figures,
        Spans,
    }

    public static async Task RunAsync(int rounds)
    {
        Mode[] modes = s_collector is null ? [Mode.Nothing, Mode.Figures] : [Mode.Nothing, Mode.Figures, Mode.Spans];
        foreach (var mode in modes)
        {
            // In this process, what is compiled is compiled before the first round.
            await ConsumeAsync(mode);
        }

        await TurnsAsync("G2 effectively once, 1 partition", rounds, modes, ConsumeAsync);
        await TurnsAsync("G4 durable accept, 64 connections", rounds, modes, AcceptAsync);
    }

    private static async Task TurnsAsync(string name, int rounds, Mode[] modes, Func<Mode, Task<(double Rate, double Cpu)>> measure)
    {
        var all = modes.ToDictionary(mode => mode, _ => new List<(double Rate, double Cpu)>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var mode in round % 2 == 0 ? modes : modes.Reverse())
            {
                all[mode].Add(await measure(mode));
            }
        }

        foreach (var mode in modes)
        {
            var ratios = all[mode].Zip(all[Mode.Nothing], (with, without) => with.Cpu / without.Cpu).Order().ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, {mode,-7}: {Median(all[mode].Select(run => run.Rate)):N0}/s, {Median(all[mode].Select(run => run.Cpu)):F1} µs of processor each, {Median(ratios):P1} of nothing ({ratios[0]:P1}–{ratios[^1]:P1})"));
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;

    private static async Task<(double Rate, double Cpu)> ConsumeAsync(Mode mode)
    {
        Environment.SetEnvironmentVariable(Endpoint, mode == Mode.Spans ? s_collector : null);
        using var engine = mode == Mode.Nothing ? BenchEngine.Embedded(1) : BenchEngine.Observed(1);
        await engine.AppendAsync(Enumerable.Range(0, 10_000).Select(i => new CreateProduct { ProductId = $"p{i}", Name = "A product", Price = 1, Stock = 0 }));
        engine.Drain(10_000, 1);
        var recorded = (int)(1 / new TelemetryOptions().SampleRatio);
        await engine.AppendAsync(Enumerable.Range(0, Commands).Select(i => BenchEngine.Record(
            new AdjustInventory { ProductId = $"p{i % 10_000}", Action = "add", Quantity = 1, Reason = new string('r', 100) },
            $"00-{Guid.NewGuid():N}-00f067aa0ba902b7-{(i % recorded == 0 ? "01" : "00")}")));
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var rate = Commands / engine.Drain(Commands, 1);
        process.Refresh();
        return (rate, (process.TotalProcessorTime - cpu).TotalMicroseconds / Commands);
    }

    private static async Task<(double Rate, double Cpu)> AcceptAsync(Mode mode)
    {
        using var host = new HostProcess("api", new Dictionary<string, string>
        {
            ["Workers__Telemetry__Metrics"] = mode == Mode.Nothing ? "false" : "true",
            [Endpoint] = mode == Mode.Spans ? s_collector! : "",
        });
        var port = await host.Port;
        await Load.RunAsync(port, 64, WarmUp, 202, DoorFigures.Request);
        var cpu = host.CpuSeconds;
        var rate = (await Load.RunAsync(port, 64, Requests, 202, DoorFigures.Request)).PerSecond;
        return (rate, (host.CpuSeconds - cpu) * 1e6 / Requests);
    }
}
