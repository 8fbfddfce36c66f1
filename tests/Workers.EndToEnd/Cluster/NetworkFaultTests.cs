using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Kills;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// The way to a server is slow, is broken off again and again, and stands while nothing arrives, each under load, and is well again: the program says so
/// meanwhile, goes on by itself, and everything accepted was done once.
/// </summary>
[Category("Slow")]
public sealed class NetworkFaultTests
{
    private const int Some = 12;

    // FerretDB, which stands for MongoDB, looks at all documents for each write that has a guard: the cost grows with the square of how many there are.
    private const int Few = 4;
    private static readonly TimeSpan Patience = UnderLoad.Patience;
    private static readonly string[] Processes = ["api,projections,audit", "commands1", "effects,commands,sagas"];

    [Test]
    public async Task Everything_accepted_is_done_once_however_the_way_to_Kafka_fails()
    {
        await using var way = await ClusterServers.BeforeKafkaAsync();
        await UnderLoad.RunAsync(ClusterServers.WithoutMongoDb().Through(kafka: way), Processes, async (cluster, load, _) =>
        {
            await HarmAsync(way, load);
            await AwayAsync(way.ResettingAsync, cluster, "Kafka", load, refusals: 4);
            await AwayAsync(way.SilentAsync, cluster, "Kafka", load, refusals: 4);
        });
    }

    [Test]
    public async Task Everything_accepted_is_done_once_however_the_way_to_MySQL_fails()
    {
        await using var way = await ClusterServers.BeforeMySqlAsync();
        await UnderLoad.RunAsync(ClusterServers.WithoutMongoDb().Through(mysql: way), Processes, async (cluster, load, _) =>
        {
            await HarmAsync(way, load);
            await AwayAsync(way.ResettingAsync, cluster, "MySQL", load, refusals: 4);
            await AwayAsync(way.SilentAsync, cluster, "MySQL", load, refusals: 4);
        });
    }

    [Test]
    public async Task Nothing_is_refused_and_nothing_is_read_wrong_however_the_way_to_Redis_fails()
    {
        await using var way = await ClusterServers.BeforeRedisAsync();
        await UnderLoad.RunAsync(ClusterServers.WithoutMongoDb().Through(redis: way), Processes, async (cluster, load, _) =>
        {
            await HarmAsync(way, load);
            await AwayAsync(way.ResettingAsync, cluster, "Redis", load, refusals: 0);
            await AwayAsync(way.SilentAsync, cluster, "Redis", load, refusals: 0);
            load.Refusals.ShouldBe(0);
        });
    }

    [Test]
    public async Task Lists_and_audit_catch_up_however_the_way_to_MongoDB_fails()
    {
        await using var way = await ClusterServers.BeforeMongoDbAsync();
        var servers = ClusterServers.WithMongoDb();
        string[] processes = ["api", "effects,commands,sagas", "projections,audit"];
        await UnderLoad.RunAsync(servers.Through(mongodb: way), processes, async (cluster, load, _) =>
        {
            await HarmAsync(way, load, Few);
            await AwayAsync(way.ResettingAsync, cluster, "MongoDB", load, refusals: 0, Few);
            await AwayAsync(way.SilentAsync, cluster, "MongoDB", load, refusals: 0, Few);
        });
    }

    private static async Task HarmAsync(Toxiproxy way, Load load, int some = Some)
    {
        await load.AnsweredAsync(some, Patience);
        await using (await way.SlowAsync(milliseconds: 60))
        {
            await load.AnsweredAsync(some, Patience);
        }

        for (var reset = 0; reset < 4; reset++)
        {
            await using (await way.ResettingAsync())
            {
            }

            await load.AnsweredAsync(some / 2, Patience);
        }
    }

    /// <param name="refusals">How many requests are refused until it is well again; 0: none need be, and others are answered.</param>
    private static async Task AwayAsync(Func<Task<IAsyncDisposable>> fail, Cluster cluster, string name, Load load, int refusals, int some = Some)
    {
        var api = (await cluster.Door.Present).Api;
        await using (await fail())
        {
            var told = await api.UntilAsync("/health/ready", answer => answer.Text("status") != "healthy" && answer.Content.Contains(name, StringComparison.Ordinal));
            told.Status.ShouldBe(refusals > 0 ? 503 : 200, told.Content);
            (await api.GetAsync("/health/live")).Status.ShouldBe(200);
            if (refusals > 0)
            {
                await load.RefusedAsync(refusals, Patience);
            }
            else
            {
                await load.AnsweredAsync(some, Patience);
            }
        }

        await load.AnsweredAsync(some, Patience);
        await api.UntilAsync("/health/ready", answer => answer.Text("status") == "healthy");
    }
}
