using System.Globalization;
using Workers.Benchmarks.Dispatch;
using Workers.Benchmarks.Engine;
using Workers.Benchmarks.Report;
using Workers.Benchmarks.Store;
using Workers.Benchmarks.Whole;

const string Usage = """
    usage: Workers.Benchmarks [what] [how many] [--json FILE]

    Without a name: the whole table, some ten minutes. By name, what goes into it:
      orders [20000]      G1   delayed [100000]        commands of one moment
      consume [200000]    G2, G3   growth [1000000]    G9, of so many outcomes, aggregates, commands
      door [200000]       G4   latency                 G5
      bus-table           G6   start                   G7, G10
      overload [60]       three times what can be done, for so many seconds
      cluster [200000]    G8, with WORKERS_TEST_KAFKA and WORKERS_TEST_MYSQL

    What it is made of, for whoever makes it faster:
      store | dispatch | execute [20] | bus [short] | telemetry [3] | audit [1000000 [DIR]]
    """;

var rest = args.ToList();
var json = rest.IndexOf("--json") is >= 0 and var at && at + 1 < rest.Count ? rest[at + 1] : null;
if (json is not null)
{
    rest.RemoveRange(rest.IndexOf("--json"), 2);
}

var what = rest.FirstOrDefault();
var table = new Table();
switch (what)
{
    case null:
        await OrderFigures.RunAsync(table, 20_000);
        await Consuming.RunAsync(table, 200_000);
        await DoorFigures.RunAsync(table, 200_000);
        await Latency.RunAsync(table);
        BusBenchmark.Add(table);
        await ClusterAsync(200_000);
        await GrowthFigures.RunAsync(table, 1_000_000);
        await DelayedFigures.RunAsync(table, 100_000);
        await StartFigures.RunAsync(table);
        break;
    case "orders":
        await OrderFigures.RunAsync(table, Number(20_000));
        break;
    case "consume":
        await Consuming.RunAsync(table, Number(200_000));
        break;
    case "door":
        await DoorFigures.RunAsync(table, Number(200_000));
        break;
    case "latency":
        await Latency.RunAsync(table);
        break;
    case "bus-table":
        BusBenchmark.Add(table);
        break;
    case "cluster":
        await ClusterAsync(Number(200_000));
        break;
    case "growth":
        await GrowthFigures.RunAsync(table, Number(1_000_000));
        break;
    case "delayed":
        await DelayedFigures.RunAsync(table, Number(100_000));
        break;
    case "overload":
        await OverloadFigures.RunAsync(table, Number(60));
        break;
    case "start":
        await StartFigures.RunAsync(table);
        break;
    case "store":
        await StoreBenchmark.Run();
        break;
    case "dispatch":
        await DispatchBenchmark.Run();
        break;
    case "execute":
        await OrderExecution.RunAsync(Number(20));
        break;
    case "bus":
        BusBenchmark.Run(rest.ElementAtOrDefault(1));
        break;
    case "audit":
        await AuditFigures.RunAsync(Number(1_000_000), rest.ElementAtOrDefault(2));
        break;
    case "telemetry":
        await TelemetryCost.RunAsync(Number(3));
        break;
    case "bare":
        await BareServer.ServeAsync();
        break;
    case "--help" or "-h" or "help":
        Console.WriteLine(Usage);
        return 0;
    default:
        Console.Error.WriteLine($"error: there is no '{what}'.");
        Console.Error.WriteLine(Usage);
        return 2;
}

if (table.Figures.Count > 0)
{
    table.Print(Machine.This);
    if (json is not null)
    {
        table.Save(json, Machine.This);
    }
}

return 0;

int Number(int otherwise) => rest.Count > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : otherwise;

async Task ClusterAsync(int count)
{
    if (ClusterFigures.Missing is { } variable)
    {
        Table.Skip("G8", $"{variable} is not set: it names the server to measure on.");
        return;
    }

    await ClusterFigures.RunAsync(table, count);
}
