using System.Globalization;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>Two schedulers on one Quartz, killed in turn while many schedules fire: each time adds one to a stock, so that the stock tells how often it was executed.</summary>
[Category("Slow")]
public sealed class ClusterScheduleTests
{
    private const int Schedules = 20;
    private const int Delayed = 20;

    [Test]
    public async Task No_time_fires_twice_and_none_is_lost_when_schedulers_and_workers_are_killed_between_firing_and_appending()
    {
        await using var cluster = await Cluster.StartWithoutMongoDbAsync("commands1", "commands2", "scheduler1", "scheduler2");
        var api = (await cluster.Door.Present).Api;
        for (var n = 0; n < Schedules; n++)
        {
            (await api.PostAsync("/api/v1/products", Bodies.Product($"p-{n}", 0))).Status.ShouldBe(201);
            var made = await api.PostAsync("/api/v1/commands/schedule", $$"""{"schedule_id":"s-{{n}}","command":{{Add($"p-{n}")}},"cron":"* * * * * ?","misfire":"fire_all"}""");
            made.Status.ShouldBe(201, made.ToString());
        }

        (await api.PostAsync("/api/v1/products", Bodies.Product("delayed", 0))).Status.ShouldBe(201);
        for (var n = 0; n < Delayed; n++)
        {
            var at = DateTimeOffset.UtcNow.AddSeconds(2 + (n % 10)).ToString("O", CultureInfo.InvariantCulture);
            (await api.PostAsync("/api/v1/commands/schedule", $$"""{"command":{{Add("delayed")}},"at":"{{at}}"}""")).Status.ShouldBe(201);
        }

        string[] killed = ["scheduler1", "scheduler2", "commands1", "scheduler1"];
        foreach (var name in killed)
        {
            await FiresAgainAsync(api);
            await cluster[name].KillAsync();

            // The other one goes on.
            await FiresAgainAsync(api);
            await cluster[name].StartAsync();
        }

        for (var n = 0; n < Schedules; n++)
        {
            (await api.DeleteAsync($"/api/v1/commands/scheduled/s-{n}")).Status.ShouldBe(200);
        }

        for (var n = 0; n < Schedules; n++)
        {
            // Made again it has no runs: what it was stands in the list of commands.
            var stock = await api.UntilAsync($"/api/v1/commands?type=AdjustInventory&key=p-{n}&limit=1000", list => list.Items.Any() && list.Items.All(one => one["state"]!.ToString() == "SUCCEEDED"));
            var commands = stock.Items.Select(one => one["id"]!.ToString()).ToList();
            commands.ShouldBeUnique();
            var times = commands.Select(id => Contracts.Ids.TimestampMs(Guid.Parse(id)) / 1_000).Order().ToList();
            times.Zip(times.Skip(1), (one, next) => next - one).ShouldAllBe(gap => gap == 1, $"s-{n}");
            (await api.GetAsync($"/api/v1/products/p-{n}")).Number("stock").ShouldBe(commands.Count, $"p-{n}");
        }

        await api.UntilAsync("/api/v1/products/delayed", product => product.Number("stock") == Delayed);
        (await api.GetAsync("/api/v1/commands/scheduled?kind=once")).Items.ShouldBeEmpty();
    }

    private static async Task FiresAgainAsync(ApiClient api)
    {
        const string runs = "/api/v1/commands/scheduled/s-0/runs?limit=1";
        var before = Last(await api.GetAsync(runs));
        await api.UntilAsync(runs, list => string.CompareOrdinal(Last(list), before) > 0);
    }

    private static string Last(Answer runs) => runs.Items.FirstOrDefault()?["at"]?.ToString() ?? "";

    private static string Add(string product) => $$"""{"type":"AdjustInventory","product_id":"{{product}}","action":"add","quantity":1,"reason":"tick"}""";
}
