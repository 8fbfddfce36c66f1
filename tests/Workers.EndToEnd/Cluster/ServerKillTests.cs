using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// A server is killed (SIGKILL) under load of the whole program and started again: everything accepted is done once, and what was away catches up.
/// </summary>
[Category("Slow")]
public sealed class ServerKillTests
{
    private const int Some = 12;
    private static readonly TimeSpan Patience = UnderLoad.Patience;

    [Test]
    public async Task Everything_accepted_is_done_once_though_MySQL_was_killed()
    {
        await using var mysql = await OwnServers.StartAsync("mysql");
        var servers = ClusterServers.WithoutMongoDb() with { MySql = mysql.Named("WORKERS_TEST_MYSQL") };
        await UnderLoad.RunAsync(servers, ["api,projections,audit", "commands1", "effects,commands,sagas"], async (cluster, load, random) =>
        {
            for (var kill = 0; kill < 3; kill++)
            {
                await load.AnsweredAsync(random.Next(10, 40), Patience);
                await mysql.KillAsync("mysql");
                await load.RefusedAsync(1, Patience);
                await mysql.StartAgainAsync("mysql");
            }

            await load.AnsweredAsync(Some, Patience);
            await WellAsync(cluster);
        });
    }

    [Test]
    public async Task Lists_and_audit_catch_up_though_MongoDB_was_killed()
    {
        await using var mongodb = await OwnServers.StartAsync("mongodb");
        var servers = ClusterServers.WithoutMongoDb() with { MongoDb = mongodb.Named("WORKERS_TEST_MONGODB") };
        await UnderLoad.RunAsync(servers, ["api", "effects,commands,sagas", "projections,audit"], async (cluster, load, random) =>
        {
            for (var kill = 0; kill < 2; kill++)
            {
                await load.AnsweredAsync(random.Next(4, Some), Patience);
                await mongodb.KillAsync("mongodb");
                var told = await (await cluster.Door.Present).Api.UntilAsync("/health/ready", answer => answer.Text("status") == "degraded");
                told.Content.ShouldContain("MongoDB");

                // Commands go on without it.
                await load.AnsweredAsync(Some, Patience);
                await mongodb.StartAgainAsync("mongodb");
            }

            await load.AnsweredAsync(Some, Patience);
            await WellAsync(cluster);
        });
    }

    private static async Task WellAsync(Cluster cluster) =>
        await (await cluster.Door.Present).Api.UntilAsync("/health/ready", answer => answer.Text("status") == "healthy");
}
