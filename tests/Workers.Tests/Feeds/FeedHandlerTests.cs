using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Tests.Api;
using static Workers.Tests.Feeds.FeedHarness;
using static Workers.Tests.Projections.Records;

namespace Workers.Tests.Feeds;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FeedHandlerTests : IDisposable
{
    private readonly FeedHarness _feeds = new();

    public void Dispose() => _feeds.Dispose();

    [Test]
    public async Task An_entity_is_told_as_it_is_afterwards_with_the_cause_and_as_it_was_before()
    {
        var told = await _feeds.TellAsync(Event(Created("u1"), 1), Event(Renamed("u1", "Grace"), 2), Event(new UserDeleted { UserId = "u1" }, 3));

        var entities = told.FindAll(r => r.Topic == Topics.RepositoryEvents);
        entities.ConvertAll(TypeOf).ShouldBe(["user_created", "user_updated", "user_deleted"]);
        entities.ShouldAllBe(r => r.Key == "u1" && r.Headers.Get(HeaderName.UserId) == "u1");
        var updated = DataOf(entities[1]);
        updated["name"]!.ToString().ShouldBe("Grace");
        updated["cause"]!.ToString().ShouldBe("UserUpdated");
        updated["previous"]!["name"]!.ToString().ShouldBe("Ada");
        DataOf(entities[0])["previous"].ShouldBeNull();
        DataOf(entities[2])["deleted"]!.GetValue<bool>().ShouldBeTrue();
        DataOf(entities[2])["name"]!.ToString().ShouldBe("Grace");
    }

    [Test]
    public async Task A_domain_event_is_told_as_it_was_written()
    {
        var shipped = Event(new OrderShipped { OrderId = "o1", UserId = "u1", TrackingNumber = "T1", Carrier = "DHL" }, 0, more: h => h.Add(HeaderName.CorrelationId, "c1"));

        var told = await _feeds.TellAsync(shipped);

        told.ConvertAll(r => (r.Topic, TypeOf(r), r.Key)).Take(2).ShouldBe([(Topics.CqrsEvents, "OrderShipped", "o1"), (Topics.OrderEvents, "OrderShipped", "o1")]);
        told[0].Value.ToArray().ShouldBe(shipped.Value.ToArray());
        told[0].TimestampMs.ShouldBe(shipped.TimestampMs);
        var headers = told[0].Headers.All().ToDictionary(h => h.Key, h => h.Value);
        headers["ce_source"].ShouldBe("workers");
        (headers["ce_subject"], headers["ce_partitionkey"], headers["ce_name"], headers["ce_correlationid"]).ShouldBe(("o1", "o1", "OrderShipped", "c1"));
        told.ConvertAll(r => r.Id).ShouldBeUnique();
        told[0].Id.ShouldBe(shipped.Id);
    }

    [Test]
    public async Task What_is_told_again_after_a_failure_has_the_same_ids_and_data()
    {
        LogRecord[] stream = [Event(Created("u1"), 1), Event(Renamed("u1", "Grace"), 2)];
        _feeds.Store(stream);
        var first = await _feeds.TellAsync(stream);
        using var restarted = new FeedHarness(state: _feeds.State);

        var second = await restarted.TellAsync(stream[1]);

        second.ConvertAll(r => (r.Id, r.Topic, DataOf(r).ToJsonString())).ShouldBe(first[^second.Count..].ConvertAll(r => (r.Id, r.Topic, DataOf(r).ToJsonString())));
        DataOf(second[^1])["previous"]!["name"]!.ToString().ShouldBe("Ada");
    }

    [Test]
    public async Task An_event_that_the_log_has_twice_is_told_once()
    {
        await _feeds.TellAsync(Event(Created("u1"), 1), Event(Renamed("u1", "Grace"), 2));

        (await _feeds.TellAsync(Event(Renamed("u1", "Grace"), 2))).ShouldBeEmpty();
    }

    [Test]
    public async Task A_long_stream_is_read_again_from_its_last_copy_alone()
    {
        var stream = Enumerable.Range(1, 150).Select(v => Event(v == 1 ? Created("u1") : Renamed("u1", $"n{v}"), v)).ToArray();
        await _feeds.TellAsync(stream);
        var copy = _feeds.Copies.ShouldHaveSingleItem();
        copy.Version.ShouldBe(150, "copies of one batch are one");
        using var restarted = new FeedHarness();
        restarted.State.States[copy.Key] = new StateRow(copy.Version, copy.Data!, 0);

        var told = await restarted.TellAsync(Event(Renamed("u1", "n151"), 151));

        DataOf(told[^1])["previous"]!["name"]!.ToString().ShouldBe("n150");
    }

    [TestCase("queue", true)]
    [TestCase("execute-async", true)]
    [TestCase("cqrs", true)]
    [TestCase("kafka", true)]
    [TestCase("execute", false)]
    [TestCase("saga", false)]
    public async Task A_command_is_told_as_queued_when_nobody_waits_for_it(string door, bool expected)
    {
        var command = new LogRecord
        {
            Id = Guid.NewGuid(),
            Topic = Topics.Commands,
            Key = "u1",
            TimestampMs = Now,
            Value = """{"user_id":"u1","data":{"name":"Ada","password":"hush"}}"""u8.ToArray(),
            Headers = At(door),
        };

        var told = await _feeds.TellAsync(command);

        told.ConvertAll(TypeOf).ShouldBe(expected ? ["command.queued"] : []);
        if (expected)
        {
            DataOf(told[0])["state"]!.ToString().ShouldBe("QUEUED");
            DataOf(told[0])["data"]!["data"]!["password"]!.ToString().ShouldBe("***");
        }
    }

    [Test]
    public async Task The_last_event_of_a_command_tells_that_it_was_executed_with_its_result()
    {
        var command = Command("CreateUser", "u1", """{"user_id":"u1","data":{"name":"Ada"}}"""u8.ToArray(), more: h => h.Add(HeaderName.CommandId, "mine"));
        await _feeds.TellAsync(command);
        _feeds.State.Put(Outcomes.Succeeded(command, """{"id":"u1"}""", 201));

        var told = await _feeds.TellAsync(Event(Created("u1"), 1, command.Id, h => h.Add(HeaderName.Completed, "1;2;3;CreateUser")));

        told.ConvertAll(TypeOf).ShouldBe(["UserCreated", "user_created", "command.executed"]);
        told[^1].Topic.ShouldBe(Topics.CommandEvents);
        var data = DataOf(told[^1]);
        (data["id"]!.ToString(), data["command_id"]!.ToString(), data["state"]!.ToString()).ShouldBe((command.Id.ToString(), "mine", "SUCCEEDED"));
        data["result"]!["id"]!.ToString().ShouldBe("u1");
        data["data"]!["data"]!["name"]!.ToString().ShouldBe("Ada");
    }

    [Test]
    public async Task A_refused_command_is_told_with_its_error_and_one_that_never_started_in_time_as_queued_first()
    {
        var command = Command("CreateUser", "u1", "{}"u8.ToArray());
        _feeds.State.Put(Outcomes.Failed(command, "EMAIL_TAKEN", "taken") with { StartedMs = command.TimestampMs + 60_000 });
        var completed = Completed(command.Id, "FAILED") with { Code = "EMAIL_TAKEN", Message = "taken", RunMs = 0 };
        var told = await _feeds.TellAsync(command, Late(completed, command.Id));

        told.ConvertAll(TypeOf).ShouldBe(["command.queued", "command.failed"]);
        DataOf(told[1])["error"]!["code"]!.ToString().ShouldBe("EMAIL_TAKEN");
    }

    [Test]
    public async Task A_cancelled_command_is_told_with_its_error_and_never_started()
    {
        var command = Command("CreateUser", "u1", "{}"u8.ToArray());
        _feeds.State.Put(Outcomes.Failed(command, "CANCELLED", "The queue was cleared") with { State = CommandState.Cancelled, StartedMs = 0 });
        var completed = Completed(command.Id, "CANCELLED") with { Code = "CANCELLED", RunMs = 0 };

        var told = DataOf((await _feeds.TellAsync(command, Late(completed, command.Id)))[^1]);

        told["error"]!["code"]!.ToString().ShouldBe("CANCELLED");
        (told["result"], told["started_at"]).ShouldBe((null, null));
    }

    [Test]
    public async Task More_entities_than_are_remembered_are_told_whole_in_one_batch()
    {
        var ids = Enumerable.Range(0, 4_500).Select(n => $"u{n}").ToList();
        _feeds.Store([.. ids.Select(id => Event(Created(id), 1))]);

        var told = await _feeds.TellAsync([.. ids.Select(id => Event(Renamed(id, "Grace"), 2))]);

        var updates = told.FindAll(r => TypeOf(r) == "user_updated");
        updates.Count.ShouldBe(ids.Count);
        updates.ShouldAllBe(r => DataOf(r)["previous"]!["name"]!.ToString() == "Ada");
    }

    [Test]
    public async Task A_command_that_was_accepted_before_this_process_started_is_read_from_the_log()
    {
        var command = Command("CreateUser", "u1", """{"user_id":"u1"}"""u8.ToArray());
        _feeds.Log.Append(Command("CreateUser", "u0", "{}"u8.ToArray()), 0);
        _feeds.Log.Append(command, 0);
        _feeds.State.Put(Outcomes.Succeeded(command, "{}"));

        var told = await _feeds.TellAsync(Event(Completed(command.Id), 0, command.Id));

        DataOf(told.ShouldHaveSingleItem())["data"]!["user_id"]!.ToString().ShouldBe("u1");
        (await _feeds.TellAsync(new LogRecord { Id = command.Id, Topic = Topics.Commands, Key = "u1", TimestampMs = Now, Value = command.Value, Headers = At("queue") }))
            .ShouldBeEmpty("its end was told");
    }

    [Test]
    public async Task What_a_caller_posted_is_told_in_one_feed_and_says_so()
    {
        var posted = Event(Created("u1"), 0, more: h => h.Add(HeaderName.Origin, "external"));

        var told = (await _feeds.TellAsync(posted)).ShouldHaveSingleItem();

        (told.Topic, TypeOf(told), told.Headers.Get(HeaderName.Origin), told.Id).ShouldBe((Topics.CqrsEvents, "UserCreated", "external", posted.Id));
    }

    [Test]
    public async Task Nothing_is_told_that_nobody_should_read()
    {
        var data = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"card_number":"4111","note":"x"}""")!;
        var told = await _feeds.TellAsync(Event(Order("o1") with { Data = data }, 1));

        told.Count.ShouldBe(3);
        told.ShouldAllBe(r => !DataOf(r).ToJsonString().Contains("4111"));
        DataOf(told[0])["data"]!["card_number"]!.ToString().ShouldBe(Sensitive.Hidden);
    }

    [Test]
    public async Task An_entry_that_a_caller_records_is_told_and_one_of_the_platforms_own_is_not()
    {
        var recorded = Event(new AuditRecorded { EntityType = "contract", EntityId = "c1", Action = "signed" }, 0);
        var noted = new AuditNote("access", "10.0.0.1", "allowed", []).Record(new AuditSource("ada", "access", "10.0.0.1"), null, DateTimeOffset.UnixEpoch);

        var told = await _feeds.TellAsync(recorded, noted);

        told.Select(record => record.Topic).ShouldBe([Topics.CqrsEvents, Topics.CommandEvents], ignoreOrder: true);
        told.ShouldAllBe(record => record.Key == "c1");
    }

    [Test]
    public async Task Only_the_feeds_that_are_asked_for_are_written()
    {
        using var one = new FeedHarness(new FeedOptions { Topics = [Topics.OrderEvents] });
        using var none = new FeedHarness(new FeedOptions { Enabled = false });

        (await one.TellAsync(Event(Order("o1"), 1))).ConvertAll(r => r.Topic).ShouldBe([Topics.OrderEvents]);
        (await none.TellAsync(Event(Order("o1"), 1))).ShouldBeEmpty();
    }

    private static OrderCreated Order(string id) => new() { OrderId = id, OrderNumber = "ORD-1", UserId = "u1", TotalAmount = 1, Currency = "USD" };

    private static HeaderBlock At(string door) => new HeaderWriter().Add(HeaderName.Type, "CreateUser").Add(HeaderName.Door, door).Take();

    // Made when the command starts.
    private static LogRecord Late(CommandCompleted completed, Guid command)
    {
        var record = Event(completed, 0, command);
        return new LogRecord { Id = record.Id, Topic = record.Topic, Key = record.Key, TimestampMs = Now + 60_000, Headers = record.Headers, Value = record.Value };
    }
}
