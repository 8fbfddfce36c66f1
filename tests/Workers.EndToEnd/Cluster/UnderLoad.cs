using System.Globalization;
using NUnit.Framework;
using Workers.EndToEnd.Kills;

namespace Workers.EndToEnd.Cluster;

/// <summary>Does harm to a cluster while callers are at it, and looks afterwards whether all that was accepted is there, once and in order.</summary>
internal static class UnderLoad
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task RunAsync(Cluster cluster, Func<Load, Random, Task> harm)
    {
        var seed = Setting("WORKERS_SEED", Random.Shared.Next());
        TestContext.Out.WriteLine($"WORKERS_SEED={seed}");
        var load = new Load(cluster.Door, seed);
        await load.PrepareAsync();
        try
        {
            var callers = load.RunAsync();
            await harm(load, new Random(seed));
            load.End();
            await callers.WaitAsync(Patience);
        }
        finally
        {
            load.Abandon();
        }

        var findings = new Findings((await cluster.Door.Present).Api, load, cluster.Ledger);
        await findings.SettleAsync();
        await findings.NothingIsADeadLetterAsync();
        await findings.EveryCommandHasOneOutcomeAsync();
        await findings.OrdersAndMoneyAddUpAsync();
        await findings.StockAddsUpAsync();
        findings.NumberedCommandsRanInTheirOrder();
    }

    public static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : usual;
}
