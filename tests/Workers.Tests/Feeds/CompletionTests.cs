using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Headers;
using Workers.Engine.Control;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;
using Workers.Tests.Api;
using static Workers.Tests.Feeds.FeedHarness;
using static Workers.Tests.Projections.Records;

namespace Workers.Tests.Feeds;

/// <summary>What subscriptions are told of a command's end.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CompletionTests : IDisposable
{
    private const string Mine = "0198c0de-0000-7000-8000-000000000001";
    private readonly FeedHarness _feeds = new();

    public void Dispose() => _feeds.Dispose();

    [Test]
    public async Task An_end_is_a_delivery_to_each_who_wants_it_and_told_again_it_is_the_same_one()
    {
        Subscribe(_feeds, Mine, ["user"], []);
        Subscribe(_feeds, "0198c0de-0000-7000-8000-000000000002", ["CreateUser"], ["FAILED"]);
        var command = Command("CreateUser", "u1", """{"user_id":"u1","data":{"name":"Ada","password":"secret"}}"""u8.ToArray());
        await _feeds.TellAsync(command);
        _feeds.State.Put(Outcomes.Succeeded(command, """{"id":"u1"}""", 201));
        var end = Event(Created("u1"), 1, command.Id, h => h.Add(HeaderName.Completed, "1;2;3;CreateUser"));

        var first = Deliveries(await _feeds.TellAsync(end)).ShouldHaveSingleItem();
        using var next = new FeedHarness(state: _feeds.State);
        await next.TellAsync(command);
        var again = Deliveries(await next.TellAsync(end)).ShouldHaveSingleItem();

        (again.Record.Id, again.Effect.DeliveryId).ShouldBe((first.Record.Id, first.Effect.DeliveryId));
        (first.Record.Key, first.Effect.SubscriptionId, first.Effect.Event, first.Effect.CommandType).ShouldBe(
            (first.Effect.DeliveryId, Mine, "command.executed", "CreateUser"));
        first.Effect.Data.ShouldContain("\"state\":\"SUCCEEDED\"");
        first.Effect.Data.ShouldNotContain("secret");
    }

    [Test]
    public async Task Who_subscribes_later_or_wants_another_state_or_is_disabled_is_told_nothing_and_neither_is_anybody_of_the_platforms_own()
    {
        Subscribe(_feeds, Mine, [], [], active: false);
        Subscribe(_feeds, "0198c0de-0000-7000-8000-000000000002", [], ["CANCELLED"]);
        Subscribe(_feeds, "0198c0de-0000-7000-8000-000000000003", [], [], atMs: Now + 3_600_000);
        Subscribe(_feeds, "0198c0de-0000-7000-8000-000000000004", [], []);
        var own = Command(new RecordCharge { PaymentId = "p1" });

        var told = await _feeds.TellAsync(
            own, Event(Completed(own.Id, key: "p1") with { CommandType = nameof(RecordCharge), Kind = Kind.Payment }, 0, own.Id), Event(Completed(Guid.NewGuid(), "FAILED"), 0));

        Deliveries(told).ShouldHaveSingleItem().Effect.SubscriptionId.ShouldEndWith("4");
    }

    [Test]
    public async Task Subscriptions_are_told_where_the_feeds_are_switched_off()
    {
        using var feeds = new FeedHarness(new FeedOptions { Enabled = false });
        Subscribe(feeds, Mine, [], []);

        var told = await feeds.TellAsync(Event(Created("u1"), 1), Event(Completed(Guid.NewGuid(), "FAILED"), 0));

        told.ShouldHaveSingleItem().Topic.ShouldBe(Topics.Effects);
    }

    private static List<(LogRecord Record, DeliverCompletion Effect)> Deliveries(IEnumerable<LogRecord> told) =>
    [
        .. told.Where(record => record.Topic == Topics.Effects)
            .Select(record => (record, (DeliverCompletion)EffectCatalog.Read(EffectCatalog.Find(nameof(DeliverCompletion))!, record.Value.Span))),
    ];

    private static void Subscribe(FeedHarness feeds, string id, string[] types, string[] states, bool active = true, long atMs = Now)
    {
        var write = ControlData.Write(new SubscriptionRow(id, "http://127.0.0.1/", types, states, "whsec_c2VjcmV0", active, null, "ada", atMs));
        feeds.State.Control.Add(new ControlRow(write.Kind, write.Name, feeds.State.Control.Count + 1, write.AtMs, write.Data));
    }
}
