using Workers.Benchmarks.Store;

switch (args.FirstOrDefault())
{
    case "store":
        await StoreBenchmark.Run();
        break;
    default:
        Console.Error.WriteLine("usage: Workers.Benchmarks store");
        return 2;
}

return 0;
