using Workers.Benchmarks.Dispatch;
using Workers.Benchmarks.Engine;
using Workers.Benchmarks.Store;

switch (args.FirstOrDefault())
{
    case "store":
        await StoreBenchmark.Run();
        break;
    case "consume":
        await Consuming.Run(args[1..]);
        break;
    case "dispatch":
        await DispatchBenchmark.Run();
        break;
    default:
        Console.Error.WriteLine("usage: Workers.Benchmarks store | consume [count] | dispatch");
        return 2;
}

return 0;
