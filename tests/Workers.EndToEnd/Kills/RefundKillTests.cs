using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>Refunds whose gateway moves money, or does not answer at all, while the program is killed.</summary>
[Category("Slow")]
[Long]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RefundKillTests : IDisposable
{
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task Money_that_was_moved_before_the_program_was_killed_is_moved_once()
    {
        using var program = new KilledProgram(_data.FullName);
        await program.StartAsync();
        var api = (await program.Present).Api;
        await PayAsync(api, 100m);

        // The gateway moves the money, and its first answer is lost: the program dies before it has asked again.
        await api.ExecuteAsync("""{"type":"refund","payment_id":"p","refund_id":"r","amount":40.17,"reason":"Broken"}""", ("Prefer", "respond-async"));
        await api.UntilAsync("/api/v1/commands/sagas/r", _ => Refunds() == 1);
        await program.KillAsync();
        await program.StartAsync();
        api = (await program.Present).Api;

        await api.UntilAsync("/api/v1/commands/sagas/r", flow => flow.Text("state") == "Refunded");
        (await api.GetAsync("/api/v1/payments/p")).Number("refunded_amount").ShouldBe(40.17m);
        Refunds().ShouldBe(1);
    }

    [Test]
    public async Task A_gateway_that_never_answers_leaves_a_review_that_is_carried_on_by_hand()
    {
        using var program = new KilledProgram(_data.FullName, new Dictionary<string, string> { ["Workers__Refunds__RetryFor"] = "1s" });
        await program.StartAsync();
        var api = (await program.Present).Api;
        await PayAsync(api, 100m);
        await api.ExecuteAsync("""{"type":"refund","payment_id":"p","refund_id":"r","amount":40.19,"reason":"Broken"}""", ("Prefer", "respond-async"));
        var stuck = await api.UntilAsync("/api/v1/commands/sagas/r", flow => flow.Text("state") == "ManualReview");
        stuck.Json["events"]!.AsArray().Select(name => name!.ToString()).ShouldContain("FlowRetryRequested");
        (await api.GetAsync("/api/v1/payments/p")).Json["refunds"]![0]!["status"]!.ToString().ShouldBe("MANUAL_REVIEW");
        await program.KillAsync();
        await program.StartAsync();
        api = (await program.Present).Api;

        var retried = await api.PostAsync("/api/v1/commands/sagas/r/retry", """{"reason":"The gateway is back"}""");
        retried.Status.ShouldBe(200, retried.ToString());
        await api.UntilAsync("/api/v1/commands/sagas/r", flow => flow.Json["timeline"]!.AsArray().Count(step => step!["state"]!.ToString() == "ManualReview") == 2);
        var ended = await api.PostAsync("/api/v1/commands/sagas/r/compensate", """{"reason":"Paid out by hand"}""");

        ended.Status.ShouldBe(200, ended.ToString());
        await api.UntilAsync("/api/v1/commands/sagas/r", flow => flow.Text("state") == "Rejected");
        Refunds().ShouldBe(0);
        await api.UntilAsync("/api/v1/commands/audit?limit=1000", list => list.Items.Any(e => e["reason"]?.ToString() == "The gateway is back"));
    }

    private int Refunds() => Ledger.Read(_data.Ledger).Count(move => move.Kind == "refund");

    private static async Task PayAsync(ApiClient api, decimal amount)
    {
        var paid = await api.ExecuteAsync($$"""{"type":"payment","payment_id":"p","user_id":"u","amount":{{amount.ToString(System.Globalization.CultureInfo.InvariantCulture)}},"currency":"USD"}""");
        paid.Status.ShouldBe(200, paid.ToString());
    }
}
