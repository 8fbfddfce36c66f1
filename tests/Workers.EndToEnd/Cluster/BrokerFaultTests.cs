using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>Of three brokers one is killed and one more stopped, under load, and started again.</summary>
[Category("Slow")]
public sealed class BrokerFaultTests
{
    private const string Execute = "/api/v1/commands/execute-async";

    [Test]
    public async Task With_one_broker_of_three_work_goes_on_with_two_away_nothing_is_accepted_and_when_they_are_back_all_goes_on()
    {
        await using var brokers = await OwnServers.StartAsync("kafka3");
        await using var cluster = await Cluster.StartOnAsync(brokers.Named("WORKERS_TEST_KAFKA"), "commands1", "commands2", "sagas", "effects");
        var door = (await cluster.Door.Present).Api;
        await UnderLoad.RunAsync(cluster, async (load, _) =>
        {
            await load.AnsweredAsync(30, UnderLoad.Patience);
            await brokers.KillAsync("b1");
            await load.AnsweredAsync(60, UnderLoad.Patience);

            await brokers.StopAsync("b2");
            var refused = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => door.PostAsync(Execute, Bodies.Product($"refused-{n}", 1).Insert(1, "\"type\":\"CreateProduct\","))));
            foreach (var answer in refused)
            {
                answer.Status.ShouldBe(503, answer.ToString());
                answer.Header("Retry-After").ShouldNotBeNullOrEmpty();
                answer.Text("code").ShouldBe("LOG_UNAVAILABLE");
            }

            await Task.WhenAll(brokers.StartAgainAsync("b1"), brokers.StartAgainAsync("b2"));
            await load.AnsweredAsync(60, UnderLoad.Patience);
        });
    }
}
