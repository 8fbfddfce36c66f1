using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;
using static Workers.EndToEnd.Faults.Overload;

namespace Workers.EndToEnd.Cluster;

/// <summary>Nobody executes what a door puts on Kafka: it hears of that from the store, and takes no more than may wait.</summary>
[Category("Slow")]
public sealed class ClusterOverloadTests
{
    [Test]
    public async Task A_door_whose_workers_do_not_keep_up_refuses_and_what_it_has_accepted_is_done()
    {
        var servers = ClusterServers.WithoutMongoDb() with { More = new Dictionary<string, string> { ["Workers__Api__MaxBacklog"] = "40" } };
        await using var cluster = await Cluster.StartAsync(servers, "api,projections,audit");
        var api = (await cluster.Door.Present).Api;
        var accepted = new List<string>();

        var refused = await UntilRefusedAsync(() => SubmitAsync(api, Bodies.Id("n")), accepted);

        ShouldSayWhenToComeAgain(refused);
        accepted.Count.ShouldBeGreaterThan(40);
        (await api.GetAsync("/health/ready")).Status.ShouldBe(200);
        await cluster.AddAsync("commands,sagas,effects");
        foreach (var command in accepted)
        {
            (await api.UntilAsync("/api/v1/commands/" + command, one => one.Text("completed_at") is not null)).Text("state").ShouldBe("SUCCEEDED");
        }

        (await UntilAsync(() => SubmitAsync(api, Bodies.Id("n")), answer => answer.Status != 503)).Status.ShouldBe(202);
    }
}
