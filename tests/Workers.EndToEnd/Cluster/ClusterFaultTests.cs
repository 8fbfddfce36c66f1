using System.Globalization;
using NUnit.Framework;
using Workers.EndToEnd.Kills;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// Workers of a cluster are killed, and frozen for longer than their session lasts, under load: whatever was accepted has one outcome, nothing is done twice,
/// the order of each key holds.
/// </summary>
[Category("Slow")]
[NonParallelizable]
public sealed class ClusterFaultTests
{
    private static readonly string[] Workers = ["commands1", "commands2", "sagas", "effects"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Test]
    public Task Everything_accepted_is_done_once_however_often_workers_are_killed() => UnderLoadAsync(async (cluster, load, random) =>
    {
        for (var kill = 0; kill < Setting("WORKERS_CLUSTER_KILLS", 4); kill++)
        {
            await load.AnsweredAsync(random.Next(5, 40), Patience);
            var worker = cluster[Workers[random.Next(Workers.Length)]];
            await worker.KillAsync();
            await worker.StartAsync();
        }
    });

    [Test]
    public Task A_worker_that_was_frozen_past_its_session_writes_nothing_of_what_it_was_at() => UnderLoadAsync(async (cluster, load, random) =>
    {
        await load.AnsweredAsync(20, Patience);
        var frozen = await cluster["commands1"].Present;
        frozen.Freeze();
        try
        {
            // The other one takes its partitions over: numbered commands, which lie in one of them, are answered again.
            await load.AnsweredAsync(60, Patience);
        }
        finally
        {
            frozen.Resume();
        }

        await load.AnsweredAsync(20, Patience);
    });

    private static async Task UnderLoadAsync(Func<Cluster, Load, Random, Task> harm)
    {
        var seed = Setting("WORKERS_SEED", Random.Shared.Next());
        TestContext.Out.WriteLine($"WORKERS_SEED={seed}");
        await using var cluster = await Cluster.StartWithoutMongoDbAsync(Workers);
        var load = new Load(cluster.Door, seed);
        await load.PrepareAsync();
        try
        {
            var callers = load.RunAsync();
            await harm(cluster, load, new Random(seed));
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

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : usual;
}
