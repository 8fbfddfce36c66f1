using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>The topics on Kafka, and what waits in MySQL, are given more partitions.</summary>
[Category("Slow")]
public sealed class ClusterGrowthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Test]
    public async Task Everything_accepted_is_done_once_and_in_order_and_the_read_models_can_be_made_anew()
    {
        await using var cluster = await Cluster.StartWithoutMongoDbAsync("commands", "sagas", "effects");
        using var load = new Load(cluster.Door, seed: 12, paced: true);
        await load.PrepareAsync();
        var callers = load.RunAsync();
        try
        {
            await load.AnsweredAsync(60, Patience);
            (await SystemAsync(cluster, "pause_queue")).Status.ShouldBe(200);
            await load.AnsweredAsync(60, Patience);
            await StillAtWorkAsync(cluster);
            await cluster.KillAsync();

            await OthersMeddledAsync(cluster);
            await GrowThroughKillsAsync(cluster);

            await cluster.StartAgainAsync("Workers__Kafka__Partitions", "6");
            await load.AnsweredAsync(20, Patience);
            (await SystemAsync(cluster, "resume_queue")).Status.ShouldBe(200);
            await load.AnsweredAsync(40, Patience);
            load.End();
            await callers.WaitAsync(Patience);
        }
        finally
        {
            load.Abandon();
        }

        await new Findings((await cluster.Door.Present).Api, load, cluster.Ledger).AllAddsUpAsync();
        var before = await ReadModels.ReadAsync((await cluster.Door.Present).Api);
        await cluster.TerminateAsync();
        cluster.DoorData.DeleteReads();
        await cluster.StartAgainAsync("Workers__Kafka__Partitions", "6");
        await ReadModels.UntilAsync((await cluster.Door.Present).Api, before, Patience);
    }

    private static async Task StillAtWorkAsync(Cluster cluster)
    {
        var refused = await GrowAsync(cluster, 6);

        refused.ExitCode.ShouldBe(5, refused.Output + refused.Error);
        refused.Error.ShouldStartWith("error: Other processes are at work: commands at ");
        refused.Error.ShouldContain("connected to MySQL from");
    }

    /// <summary>One topic was changed by Kafka's own means: nothing starts, and the growth goes on from what the store says.</summary>
    private static async Task OthersMeddledAsync(Cluster cluster)
    {
        using (var admin = new KafkaAdmin(cluster))
        {
            await admin.GrowAsync("workers.flows", 5);
        }

        using var data = new DataDirectory();
        var refused = await RunningProgram.RunAsync(data.FullName, environment: cluster.Environment("commands"));
        refused.ExitCode.ShouldBe(5, refused.Output + refused.Error);
        refused.Error.ShouldContain($"{cluster.NameOf("workers.flows")} has 5 partitions, but keys were placed, and are kept in the store, by 4");
        var fewer = await GrowAsync(cluster, 4);
        (fewer.ExitCode, fewer.Error.Contains("run it with --to 5 or more", StringComparison.Ordinal)).ShouldBe((2, true), fewer.Output + fewer.Error);
    }

    private static async Task GrowThroughKillsAsync(Cluster cluster)
    {
        using (var killed = Verb(cluster, 6))
        {
            await Task.WhenAny(killed.EndAsync(), Task.Delay(TimeSpan.FromSeconds(10)));
            await killed.KillAsync();
        }

        var ended = await GrowAsync(cluster, 6);
        ended.ExitCode.ShouldBe(0, ended.Output + ended.Error);
        (await GrowAsync(cluster, 6)).Output.ShouldContain("The topics have 6 partitions already.");
        var fewer = await GrowAsync(cluster, 4);
        (fewer.ExitCode, fewer.Output).ShouldBe((2, ""));
    }

    private static async Task<Ended> GrowAsync(Cluster cluster, int to)
    {
        using var verb = Verb(cluster, to);
        return await verb.EndAsync();
    }

    private static RunningProgram Verb(Cluster cluster, int to) =>
        RunningProgram.StartVerb(cluster.DoorData.FullName, cluster.Environment("all"), "partitions", "--to", $"{to}");

    private static async Task<Answer> SystemAsync(Cluster cluster, string action) => await (await cluster.Door.Present).Api.ExecuteAsync(
        $$"""{"type":"system","action":"{{action}}","parameters":{"kind":"inventory","key":"numbered"} }""");
}
