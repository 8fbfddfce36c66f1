using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Flows;

/// <summary>Approvals and rejections that another system has put on the log under the refund's id.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RefundLookupTests : IAsyncDisposable
{
    private readonly FlowEngine _engine = new();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Test]
    public void It_is_sent_on_to_the_payment_and_executed_there_once()
    {
        _engine.Run(new ProcessPayment { PaymentId = "p", UserId = "u", Amount = 5_000, Currency = "USD" });
        var (charge, effect) = _engine.Take<ChargePayment>();
        _engine.Answer(effect, new RecordCharge { PaymentId = "p", EffectId = charge.EffectId, Approved = true });
        _engine.Run(new RefundPayment { PaymentId = "p", RefundId = "r1", Amount = 2_000, Reason = "Broken" });
        var foreign = Foreign("r1", (HeaderName.Shard, "moved-0"), (HeaderName.Seq, "7"));

        var outcome = _engine.Run(foreign);

        outcome.State.ShouldBe(CommandState.Succeeded);
        _engine.Commands.Where(c => c.Id == foreign.Id).Select(c => c.Key).ShouldBe(["r1", "p"]);
        _engine.Commands[^1].Headers.Has(HeaderName.Shard).ShouldBeFalse("the relay that sends the copy numbers it anew");
        _engine.StateOf("refund", "r1").ShouldBe("Refunding");
    }

    [Test]
    public void Of_an_unknown_refund_it_fails_and_says_so()
    {
        var outcome = _engine.Run(Foreign("nobody"));

        outcome.State.ShouldBe(CommandState.Failed);
        Encoding.UTF8.GetString(outcome.Body).ShouldBe("""{"code":"NOT_FOUND","message":"Refund not found"}""");
    }

    private LogRecord Foreign(string refund, params (HeaderName Name, string Value)[] headers)
    {
        var record = _engine.Record(new ApproveRefund { RefundId = refund }, [(HeaderName.Source, "erp"), .. headers]);
        return new LogRecord { Id = record.Id, Topic = record.Topic, Key = refund, TimestampMs = record.TimestampMs, Headers = record.Headers, Value = record.Value };
    }
}
