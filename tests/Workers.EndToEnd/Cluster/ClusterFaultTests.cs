using NUnit.Framework;
using Workers.EndToEnd.Kills;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// Workers of a cluster are killed, and frozen for longer than their session lasts, under load: whatever was accepted has one outcome, nothing is done twice,
/// the order of each key holds.
/// </summary>
[Category("Slow")]
public sealed class ClusterFaultTests
{
    private static readonly string[] Workers = ["commands1", "commands2", "sagas", "effects"];
    private static readonly TimeSpan Patience = UnderLoad.Patience;

    [Test]
    public Task Everything_accepted_is_done_once_however_often_workers_are_killed() => UnderLoadAsync(async (cluster, load, random) =>
    {
        for (var kill = 0; kill < UnderLoad.Setting("WORKERS_CLUSTER_KILLS", 4); kill++)
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

    [Test]
    public Task Everything_accepted_is_done_once_while_workers_come_and_go() => UnderLoadAsync(async (cluster, load, random) =>
    {
        for (var round = 0; round < UnderLoad.Setting("WORKERS_CLUSTER_ROUNDS", 6); round++)
        {
            // All of a role at once now and then; not waiting until the group has found its new shape.
            var leaving = Workers.Where(_ => random.Next(2) == 0).DefaultIfEmpty("commands1").ToList();
            await Task.WhenAll(leaving.Select(name => random.Next(2) == 0 ? cluster[name].KillAsync() : cluster[name].TerminateAsync()));
            await load.AnsweredAsync(random.Next(0, 3), Patience);
            await Task.WhenAll(leaving.Select(name => cluster[name].StartAsync()));
            await load.AnsweredAsync(random.Next(0, 20), Patience);
        }
    });

    private static async Task UnderLoadAsync(Func<Cluster, Load, Random, Task> harm)
    {
        await using var cluster = await Cluster.StartWithoutMongoDbAsync(Workers);
        await UnderLoad.RunAsync(cluster, (load, random) => harm(cluster, load, random));
    }
}
