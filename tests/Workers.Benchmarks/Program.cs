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
        await OrderFigures.RunAsync(10_000);
        break;
    case "start":
        await StartFigures.RunAsync();
        break;
    case null:
        await OrderFigures.RunAsync(10_000);
        await Consuming.Run([]);
        await DoorFigures.RunAsync(200_000);
        await Latency.RunAsync();
        await StartFigures.RunAsync();
        break;
    case "dispatch":
        await DispatchBenchmark.Run();
        break;
    default:
        Console.Error.WriteLine("usage: Workers.Benchmarks [orders | consume [count] | door | latency | start | store | dispatch]");
        return 2;
}

return 0;
