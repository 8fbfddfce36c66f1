using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Cluster;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>
/// Processes of a cluster die at the steps that the embedded shape does not have (the producer of the doors, MySQL's commits, the relay, the feeds), as seeds draw them,
/// under load: whatever was accepted has one outcome, nothing is done twice, the order of each key holds.
/// </summary>
[Category("Slow")]
public sealed class RelayFaultTests
{
    private const string Door = "api,projections,audit";

    [Test]
    public async Task Everything_accepted_is_done_once_wherever_a_process_dies()
    {
        var servers = ClusterServers.WithoutMongoDb() with { Build = TestServers.Named(FaultTests.Build) };
        var (first, count) = (UnderLoad.Setting("WORKERS_SEED", 1), UnderLoad.Setting("WORKERS_CLUSTER_SEEDS", Death.ClusterPoints.Count()));
        await using var cluster = await Cluster.Cluster.StartAsync(servers, Door, "commands,sagas", "effects,feeds");
        try
        {
            var batches = new List<bool>();
            await UnderLoad.RunAsync(
                cluster,
                async (load, _) =>
                {
                    var dying = new Dying(load);
                    foreach (var (death, process) in Enumerable.Range(first, count).Select(Death.Cluster))
                    {
                        await DieAsync(cluster, process, death, dying, batches);
                    }
                },
                first);
            await BatchesAreWholeAsync((await cluster.Door.Present).Api, batches);
        }
        catch (Exception error) when (error is not IgnoreException)
        {
            throw new AssertionException(string.Create(CultureInfo.InvariantCulture, $"""
                {error.Message}
                Repeat with: WORKERS_SEED={first} WORKERS_CLUSTER_SEEDS={count} dotnet test tests/Workers.EndToEnd -c Release --filter FullyQualifiedName~Faults.{nameof(RelayFaultTests)}
                """), error);
        }
    }

    [Test]
    public void As_many_seeds_as_there_are_points_come_by_all_of_them() =>
        Enumerable.Range(1, Death.ClusterPoints.Count()).Select(seed => Death.Cluster(seed).Death.Point).ShouldBe(Death.ClusterPoints, ignoreOrder: true);

    private static async Task DieAsync(Cluster.Cluster cluster, string process, Death death, Dying dying, List<bool> batches)
    {
        var program = cluster[process];
        await program.KillAsync();
        cluster.Set(process, Death.FailAt, death.At);
        if (await program.TryStartAsync())
        {
            await dying.AsToldAsync(program, death.Moment, async present =>
            {
                if (process == Door)
                {
                    batches.Add(await SendBatchAsync(present.Api, batches.Count));
                }
            });
        }

        cluster.Set(process, Death.FailAt, "");
        await program.StartAsync();
    }

    /// <summary>Two commands in one transaction of the log; false where nobody answered.</summary>
    private static async Task<bool> SendBatchAsync(ApiClient api, int number)
    {
        try
        {
            return (await api.PostAsync("/api/v1/commands/execute-batch", $$"""{"commands":[{{Create(number, "a")}},{{Create(number, "b")}}]}""")).Status is 200 or 202;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>All of a batch or nothing, once; all where it was answered. Everything has come to its end.</summary>
    private static async Task BatchesAreWholeAsync(ApiClient api, List<bool> answered)
    {
        answered.ShouldContain(true);
        for (var number = 0; number < answered.Count; number++)
        {
            var (one, other) = (await api.GetAsync(PathOf(number, "a")), await api.GetAsync(PathOf(number, "b")));
            other.Status.ShouldBe(one.Status, User(number, "b"));
            (one.Status == 200 ? (one.Number("version"), other.Number("version")) : answered[number] ? (0, 0) : (1, 1)).ShouldBe((1, 1), $"{one}\n{other}");
        }
    }

    private static string User(int number, string which) => string.Create(CultureInfo.InvariantCulture, $"batch-{number}-{which}");

    private static string PathOf(int number, string which) => $"/api/v1/users/{User(number, which)}";

    private static string Create(int number, string which) =>
        $$$"""{"type":"CreateUser","user_id":"{{{User(number, which)}}}","data":{"name":"Ada Lovelace","email":"ada@example.org"}}""";
}
