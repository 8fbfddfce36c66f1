using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using Workers.EndToEnd.Kills;

namespace Workers.EndToEnd.Cluster;

/// <summary>Does harm to a cluster while callers are at it, and looks afterwards whether all that was accepted is there, once and in order.</summary>
internal static class UnderLoad
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <param name="usual">The seed where <c>WORKERS_SEED</c> names none; null: chance.</param>
    public static async Task RunAsync(Cluster cluster, Func<Load, Random, Task> harm, int? usual = null)
    {
        var seed = Setting("WORKERS_SEED", usual ?? Random.Shared.Next());
        TestContext.Out.WriteLine($"WORKERS_SEED={seed}");
        using var load = new Load(cluster.Door, seed, paced: true);
        var began = Stopwatch.GetTimestamp();
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
            Say("harm");
        }

        try
        {
            await new Findings((await cluster.Door.Present).Api, load, cluster.Ledger, Say).AllAddsUpAsync();
        }
        finally
        {
            Say("looked at");
            await cluster.TellAsync(TestContext.Out);
        }

        void Say(string what) => TestContext.Out.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s: {what}, {load.Accepted.Count} accepted, {load.Refusals} refusals, {load.Orders.Count} orders");
    }

    /// <summary>The same on a cluster of its own.</summary>
    public static async Task RunAsync(ClusterServers servers, string[] processes, Func<Cluster, Load, Random, Task> harm)
    {
        await using var cluster = await Cluster.StartAsync(servers, processes);
        await RunAsync(cluster, (load, random) => harm(cluster, load, random));
    }

    public static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : usual;
}
