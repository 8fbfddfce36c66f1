using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd;

/// <summary>Figures of commands, on a program of their own: nobody else is counted.</summary>
[TestFixture]
public sealed class MetricsTests
{
    private const string Metrics = "/api/v1/commands/metrics";

    [Test]
    public async Task Commands_are_counted_by_kind_and_name_once_across_kills_and_resets()
    {
        using var data = new DataDirectory();
        using var first = await RunningProgram.StartAsync(data.FullName);
        var api = first.Api;
        var zeros = await api.GetAsync(Metrics);
        (zeros.Status, zeros.Number("total"), zeros.Json["kinds"]!.AsArray().Count).ShouldBe((200, 0, 8));
        zeros.Json["run_ms"]!["p99"]!.GetValue<decimal>().ShouldBe(0);
        (await api.GetAsync($"{Metrics}/payment")).Number("total").ShouldBe(0);
        (await api.GetAsync($"{Metrics}/RecordCharge")).Status.ShouldBe(404);
        (await api.GetAsync($"{Metrics}/nonsense")).Text("error").ShouldNotBeNull().ShouldContain("payment");

        for (var n = 0; n < 5; n++)
        {
            (await api.ExecuteAsync($$$"""{"type":"CreateUser","user_id":"m{{{n}}}","data":{"name":"Ada L","email":"ada@example.org"}}""")).Status.ShouldBe(201);
        }

        (await api.ExecuteAsync("""{"type":"DeleteUser","user_id":"nobody"}""")).Status.ShouldBe(404);
        (await api.ExecuteAsync("""{"user_id":"m1","amount":10,"currency":"USD","payment_method":"card","gateway":"stripe"}""")).Status.ShouldBe(200);

        var users = await api.UntilAsync($"{Metrics}/user", answer => answer.Number("total") == 6);
        (users.Number("succeeded"), users.Number("failed"), users.Number("retried"), users.Text("type")).ShouldBe((5, 1, 0, "user"));
        users.Json["run_ms"]!["p50"]!.GetValue<decimal>().ShouldBeGreaterThan(0);
        users.Json["types"]!.AsArray().Select(type => type!["type"]!.ToString()).ShouldBe(["CreateUser", "DeleteUser"]);
        await api.UntilAsync($"{Metrics}/ProcessPayment", answer => answer.Number("total") == 1);
        await api.UntilAsync($"{Metrics}?step=60", chart => chart.Json["points"]!.AsArray().Sum(point => point!["total"]!.GetValue<int>()) == 7);
        (await api.GetAsync($"{Metrics}?from=2020-01-01T00:00:00Z&step=60")).Status.ShouldBe(400);
        (await api.GetAsync($"{Metrics}?from=2020-01-01T00:00:00Z")).Number("total").ShouldBe(7);

        await first.KillAsync();
        using var program = await RunningProgram.StartAsync(data.FullName);
        (await program.Api.UntilAsync(Metrics, answer => answer.Status == 200)).Number("total").ShouldBe(7);

        var reset = await program.Api.PostAsync($"{Metrics}/reset", "");
        (reset.Status, reset.Text("reset")).ShouldBe((200, "commands"));
        var after = await program.Api.GetAsync(Metrics);
        (after.Number("total"), after.Text("since")).ShouldBe((0, reset.Text("since")![..23] + "Z"));
        (await program.Api.GetAsync($"{Metrics}?step=1h")).Number("total").ShouldBe(7);
    }
}
