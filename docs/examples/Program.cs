using Workers.Examples;

// dotnet run --project docs/examples -- basic | improved | simple-production | production
switch (args.FirstOrDefault())
{
    case "basic":
        await Basic.RunAsync(Console.Out);
        return 0;
    case "improved":
        await Improved.RunAsync(Console.Out);
        return 0;
    case "simple-production":
        await SimpleProduction.RunAsync(Console.Out);
        return 0;
    case "production":
        await Production.RunAsync(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("usage: basic | improved | simple-production | production");
        return 2;
}
