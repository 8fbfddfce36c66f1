using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Effects;
using Workers.Handlers.Effects.Payments;
using Workers.Tests.Time;

namespace Workers.Tests.Effects;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SimulatedGatewayTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("workers-gateway-").FullName;
    private readonly FakeTimeProvider _clock = new();
    private SimulatedLedger _ledger;

    public SimulatedGatewayTests() => _ledger = new SimulatedLedger(Path, _clock);

    private string Path => System.IO.Path.Combine(_directory, "gateway-simulated.log");

    private SimulatedGateway Gateway => new(_ledger, TimeSpan.Zero, _clock);

    public void Dispose()
    {
        _ledger.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task A_repeated_key_is_charged_once_and_answered_the_same()
    {
        var first = await Gateway.ChargeAsync("e1", Charge(12.50m), CancellationToken.None);
        var again = await Gateway.ChargeAsync("e1", Charge(12.50m), CancellationToken.None);

        first.Approved.ShouldBeTrue();
        again.ShouldBe(first);
        var line = JsonDocument.Parse(Lines().ShouldHaveSingleItem()).RootElement;
        (line.GetProperty("kind").GetString(), line.GetProperty("key").GetString(), line.GetProperty("payment").GetString()).ShouldBe(("charge", "e1", "p1"));
        line.GetProperty("amount").GetDecimal().ShouldBe(12.50m);
        line.GetProperty("at").GetDateTimeOffset().ShouldBe(_clock.GetUtcNow());
    }

    [Test]
    public async Task Keys_are_known_after_a_restart_and_a_line_cut_off_by_a_crash_is_dropped()
    {
        await Gateway.ChargeAsync("e1", Charge(5), CancellationToken.None);
        _ledger.Dispose();
        await File.AppendAllTextAsync(Path, """{"kind":"charge","key":"e2","pay""");
        _ledger = new SimulatedLedger(Path, _clock);

        await Gateway.ChargeAsync("e1", Charge(5), CancellationToken.None);
        await Gateway.ChargeAsync("e2", Charge(5), CancellationToken.None);

        Lines().Select(l => JsonDocument.Parse(l).RootElement.GetProperty("key").GetString()).ShouldBe(["e1", "e2"]);
    }

    [Test]
    public async Task A_damaged_line_stops_it_rather_than_charge_twice()
    {
        await File.WriteAllTextAsync(Path, "what\n");

        var thrown = await Should.ThrowAsync<InvalidDataException>(async () => await Gateway.ChargeAsync("e1", Charge(5), CancellationToken.None));

        thrown.Message.ShouldContain("Line 1");
    }

    [Test]
    public async Task A_charge_and_a_refund_of_one_key_are_two_things()
    {
        await Gateway.ChargeAsync("x", Charge(5), CancellationToken.None);
        await Gateway.RefundAsync("x", Refund(5), CancellationToken.None);

        Lines().Length.ShouldBe(2);
    }

    [Test]
    public async Task Amounts_ending_in_13_are_declined()
    {
        var answer = await Gateway.ChargeAsync("e1", Charge(20.13m), CancellationToken.None);

        answer.Approved.ShouldBeFalse();
        answer.Reason.ShouldNotBeNullOrEmpty();
        File.Exists(Path).ShouldBeFalse();
    }

    [Test]
    public async Task Amounts_ending_in_17_are_moved_but_the_first_answer_is_lost()
    {
        await Should.ThrowAsync<TimeoutException>(async () => await Gateway.ChargeAsync("e1", Charge(20.17m), CancellationToken.None));
        Lines().Length.ShouldBe(1);

        (await Gateway.ChargeAsync("e1", Charge(20.17m), CancellationToken.None)).Approved.ShouldBeTrue();
        Lines().Length.ShouldBe(1);
    }

    [Test]
    public async Task Amounts_ending_in_19_never_answer_and_move_nothing()
    {
        for (var i = 0; i < 3; i++)
        {
            await Should.ThrowAsync<TimeoutException>(async () => await Gateway.ChargeAsync("e1", Charge(0.19m), CancellationToken.None));
        }

        File.Exists(Path).ShouldBeFalse();
    }

    [Test]
    public async Task It_takes_its_time()
    {
        var slow = new SimulatedGateway(_ledger, TimeSpan.FromMilliseconds(50), _clock).ChargeAsync("e1", Charge(5), CancellationToken.None).AsTask();

        slow.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        (await slow).Approved.ShouldBeTrue();
    }

    private string[] Lines()
    {
        using var reader = new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static ChargePayment Charge(decimal amount) =>
        new() { PaymentId = "p1", EffectId = "e1", Amount = amount, Currency = "USD", Gateway = "simulated" };

    private static RefundCharge Refund(decimal amount) =>
        new() { PaymentId = "p1", RefundId = "r1", Amount = amount, Currency = "USD", Gateway = "simulated" };
}
