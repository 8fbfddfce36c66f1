using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// A server is killed (SIGKILL) under load of the whole program and started again: everything accepted is done once, and what was away catches up.
/// </summary>
[Category("Slow")]
[NonParallelizable]
public sealed class ServerKillTests
{
    private const int Some = 12;
    private static readonly TimeSpan Patience = UnderLoad.Patience;

    [Test]
    public Task Everything_accepted_is_done_once_though_MySQL_was_killed() => UnderLoad.RunAsync(
        ClusterServers.WithoutMongoDb(), ["api,projections,audit", "commands1", "effects,commands,sagas"], async (cluster, load, random) =>
        {
            for (var kill = 0; kill < 3; kill++)
            {
                await load.AnsweredAsync(random.Next(10, 40), Patience);
                await KillAsync("mysql", () => load.RefusedAsync(1, Patience));
            }

            await load.AnsweredAsync(Some, Patience);
            await WellAsync(cluster);
        });

    [Test]
    public Task Lists_and_audit_catch_up_though_MongoDB_was_killed() => UnderLoad.RunAsync(
        ClusterServers.WithMongoDb(), ["api", "effects,commands,sagas", "projections,audit"], async (cluster, load, random) =>
        {
            for (var kill = 0; kill < 2; kill++)
            {
                await load.AnsweredAsync(random.Next(4, Some), Patience);
                await KillAsync("mongodb", async () =>
                {
                    var told = await (await cluster.Door.Present).Api.UntilAsync("/health/ready", answer => answer.Text("status") == "degraded");
                    told.Content.ShouldContain("MongoDB");

                    // Commands go on without it.
                    await load.AnsweredAsync(Some, Patience);
                });
            }

            await load.AnsweredAsync(Some, Patience);
            await WellAsync(cluster);
        });

    private static async Task KillAsync(string server, Func<Task> meanwhile)
    {
        await ClusterServers.ControlAsync("kill", server);
        try
        {
            await meanwhile();
        }
        finally
        {
            await ClusterServers.ControlAsync("start", server);
        }
    }

    private static async Task WellAsync(Cluster cluster) =>
        await (await cluster.Door.Present).Api.UntilAsync("/health/ready", answer => answer.Text("status") == "healthy");
}
