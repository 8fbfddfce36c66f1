using Workers.Benchmarks.Dispatch;
using Workers.Benchmarks.Engine;
using Workers.Benchmarks.Store;
using Workers.Benchmarks.Whole;

switch (args.FirstOrDefault())
{
    case "store":
        await StoreBenchmark.Run();
        break;
    case "consume":
        await Consuming.Run(args[1..]);
        break;
    case "latency":
        await Latency.RunAsync();
        break;
    case "door":
        await DoorFigures.RunAsync(200_000);
        break;
    case "orders":
        await OrderFigures.RunAsync(Number(20_000));
        break;
    case "start":
        await StartFigures.RunAsync();
        break;
    case null:
        await OrderFigures.RunAsync(20_000);
        await Consuming.Run([]);
        await DoorFigures.RunAsync(200_000);
        await Latency.RunAsync();
        await StartFigures.RunAsync();
        break;
    case "execute":
        await OrderExecution.RunAsync(Number(20));
        break;
    case "cluster":
        await ClusterFigures.RunAsync(Number(200_000));
        break;
    case "bus":
        BusBenchmark.Run(args.ElementAtOrDefault(1));
        break;
    case "dispatch":
        await DispatchBenchmark.Run();
        break;
    default:
        Console.Error.WriteLine("usage: Workers.Benchmarks [orders [count] | consume [count] | door | latency | start | store | bus [short] | dispatch | execute [rounds] | cluster [count]]");
        return 2;
}

return 0;

int Number(int otherwise) => args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
