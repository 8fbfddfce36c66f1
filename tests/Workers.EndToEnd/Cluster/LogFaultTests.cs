using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>The log is not what it was when a group's position was stored: the partition halts and says so, and goes on where an operator tells it to.</summary>
[Category("Slow")]
[FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.Self)]
public sealed class LogFaultTests
{
    private const int Partitions = 4;
    private const string Group = "commands";
    private Cluster _cluster = null!;
    private ApiClient _api = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cluster = await Cluster.StartWithoutMongoDbAsync(Group);
        _api = (await _cluster.Door.Present).Api;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Test]
    public async Task Records_deleted_before_they_were_read_halt_their_partition_alone_until_its_position_is_set()
    {
        var (cut, other) = (IdIn(1), IdIn(2));
        await CreateAsync(cut);
        await _cluster[Group].TerminateAsync();
        var lost = Bodies.Id("lost");
        (await LaterAsync(Bodies.Adjust(cut, "add", 5, "lost", lost))).Status.ShouldBe(202);
        (await LaterAsync(Product(other))).Status.ShouldBe(202);
        await FollowedAsync();
        using var admin = new KafkaAdmin(_cluster);
        await admin.CutAsync(Topics.Commands, 1);

        await _cluster[Group].StartAsync();

        await _api.UntilAsync($"/api/v1/products/{other}", p => p.Status == 200);
        await IsHaltedAsync(1, "is no longer in the log");
        await SetAsync(1, await EndAsync(1));
        await IsWellAsync();
        (await AdjustAsync(cut)).Number("stock").ShouldBe(2, "what was deleted was not done");
        var told = await _api.UntilAsync($"/api/v1/commands/audit?entity_type=position&entity_id={Group}:{Topics.Commands}-1", list => list.Items.Any());
        told.Items.First()["reason"]!.ToString().ShouldBe("looked at by the test");
    }

    [Test]
    public async Task A_topic_made_anew_halts_its_readers_also_when_it_has_grown_past_them()
    {
        var ids = Enumerable.Range(0, Partitions).Select(IdIn).ToList();
        foreach (var id in ids)
        {
            await CreateAsync(id);
        }

        await FollowedAsync();
        var positions = await PositionsAsync(Group);
        using var admin = new KafkaAdmin(_cluster);
        await admin.MakeAnewAsync(Topics.Commands, Partitions);
        for (var partition = 0; partition < Partitions; partition++)
        {
            await IsHaltedAsync(partition, "lies behind the end of the log");
        }

        // Whoever starts now would find nothing amiss in the log.
        for (var partition = 0; partition < Partitions; partition++)
        {
            for (var n = 0; n <= positions[partition]; n++)
            {
                var answer = await LaterAsync(Bodies.Adjust(ids[partition], "add", 1, "grown"));
                answer.Status.ShouldBe(202, answer.ToString());
            }
        }

        await _cluster[Group].KillAsync();
        await _cluster[Group].StartAsync();
        for (var partition = 0; partition < Partitions; partition++)
        {
            await IsHaltedAsync(partition, "was found outside the log");
        }

        foreach (var group in new[] { Group, "projections", "audit" })
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                await SetAsync(partition, 0, group);
            }
        }

        await IsWellAsync();
        for (var partition = 0; partition < Partitions; partition++)
        {
            await _api.UntilAsync($"/api/v1/products/{ids[partition]}", p => p.Number("stock") == 1 + positions[partition] + 1);
        }

        await _api.UntilAsync("/health", health => health.Text("status") == "healthy");
    }

    [Test]
    public async Task A_process_that_is_told_of_another_partition_count_does_not_start()
    {
        var environment = _cluster.Environment("commands");
        environment["Workers__Kafka__Partitions"] = "6";
        using var data = new DataDirectory();

        var ended = await RunningProgram.RunAsync(data.FullName, environment: environment);

        ended.ExitCode.ShouldBe(5, ended.Output + ended.Error);
        ended.Error.Trim().Split('\n').ShouldHaveSingleItem().ShouldStartWith($"error: Topic {_cluster.NameOf("workers.")}");
        ended.Error.ShouldContain("has 4 partitions, but 6 are configured; start with Workers:Kafka:Partitions=4");
    }

    /// <summary>An id whose key lies in this partition.</summary>
    private static string IdIn(int partition)
    {
        string id;
        do
        {
            id = Bodies.Id("p");
        }
        while (Murmur2.Partition(id, Partitions) != partition);
        return id;
    }

    private static string Product(string id) => Bodies.Product(id, 1).Insert(1, "\"type\":\"CreateProduct\",");

    /// <summary>Returns when it is there: a cluster that has just begun may take longer than an answer waits.</summary>
    private async Task CreateAsync(string id)
    {
        (await _api.PostAsync("/api/v1/products", Bodies.Product(id, 1))).Status.ShouldBeOneOf(201, 202);
        await _api.UntilAsync($"/api/v1/products/{id}", product => product.Status == 200);
    }

    private Task<Answer> LaterAsync(string body) => _api.ExecuteAsyncAsync(body);

    private async Task<Answer> AdjustAsync(string id)
    {
        var answer = await _api.ExecuteAsync(Bodies.Adjust(id, "add", 1, "after"));
        answer.Status.ShouldBe(200, answer.ToString());
        return await _api.GetAsync($"/api/v1/products/{id}");
    }

    private async Task IsHaltedAsync(int partition, string cause)
    {
        var worker = (await _cluster[Group].Present).Api;
        var health = await worker.UntilAsync(
            "/health/ready",
            h => h.Status == 200 && h.Content.Contains($"{Group} stands still at {Topics.Commands}-{partition} and skips nothing", StringComparison.Ordinal));
        health.Text("status").ShouldBe("degraded");
        var detail = health.Json["checks"]!["positions"]!["detail"]!.ToString();
        detail.ShouldContain(cause);
        detail.ShouldContain($"'Workers.Host positions set {Group} {Topics.Commands} {partition} OFFSET --reason");
        await _api.UntilAsync("/api/v1/commands/partitions", list => Place(list, Group, partition)["halted"]?.GetValue<bool>() == true);
    }

    private async Task IsWellAsync()
    {
        var worker = (await _cluster[Group].Present).Api;
        await worker.UntilAsync("/health", h => h.Text("status") == "healthy");
    }

    private async Task SetAsync(int partition, long offset, string group = Group)
    {
        var set = await (await _cluster.Door.Present).AskAsync(
            "positions", "set", group, Topics.Commands, $"{partition}", offset.ToString(CultureInfo.InvariantCulture), "--reason", "looked at by the test");
        set.ExitCode.ShouldBe(0, set.Error);
        set.Output.ShouldContain($"{group} reads {Topics.Commands}-{partition} on from {offset}");
    }

    private async Task<long> EndAsync(int partition) => Place(await _api.GetAsync("/api/v1/commands/partitions"), Group, partition)["end"]!.GetValue<long>();

    private async Task<List<long>> PositionsAsync(string group)
    {
        var list = await _api.GetAsync("/api/v1/commands/partitions");
        return [.. Enumerable.Range(0, Partitions).Select(n => Place(list, group, n)["position"]!.GetValue<long>())];
    }

    private static System.Text.Json.Nodes.JsonObject Place(Answer list, string group, int partition) => list.Items.Single(
        p => p["group"]!.ToString() == group && p["topic"]!.ToString() == Topics.Commands && p["partition"]!.GetValue<int>() == partition);

    /// <summary>Returns when nobody but the workers that are stopped has anything left to read.</summary>
    private Task<Answer> FollowedAsync() => _api.UntilAsync(
        "/api/v1/commands/partitions", list => list.Items.Where(p => p["group"]!.ToString() != Group).All(p => p["lag"]!.GetValue<long>() == 0));
}
