using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Handlers.Audit;
using Workers.Tests.Follow;
using static Workers.Tests.Projections.Records;

namespace Workers.Tests.Projections;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AuditTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly MemoryLog _log = new();
    private readonly MemoryAudit _audit = new();
    private ServiceProvider? _provider;

    public void Dispose()
    {
        _provider?.GetRequiredService<Follower>().Stop(Patience).ShouldBeTrue();
        _provider?.Dispose();
    }

    [Test]
    public async Task A_command_is_entered_with_who_sent_it_from_where_and_why()
    {
        var command = Command(
            new CancelOrder { OrderId = "o1", Reason = "too late" },
            more: h => h.Add(HeaderName.ClientAddress, "10.0.0.1").Add(HeaderName.UserAgent, "curl").Add(HeaderName.UserId, "u1"));

        var entry = (await Written(command)).ShouldHaveSingleItem();

        entry.Id.ShouldBe(command.Id);
        (entry.Partition, entry.Offset, entry.AtMs).ShouldBe((new PartitionId(Topics.Commands, Murmur2.Partition("o1", 4)), 0, Now));
        (entry.EntityType, entry.EntityId, entry.Action, entry.Type, entry.Kind).ShouldBe(("order", "o1", "cancel", "CancelOrder", "order"));
        (entry.CommandId, entry.UserId, entry.Actor).ShouldBe((command.Id, "u1", "ada"));
        (entry.ClientAddress, entry.UserAgent, entry.Reason, entry.Outcome).ShouldBe(("10.0.0.1", "curl", "too late", null));
        entry.Changes.ShouldBe(command.Value.ToArray());
    }

    [Test]
    public async Task An_event_is_entered_with_what_changed_and_the_command_that_did_it()
    {
        var command = Guid.NewGuid();
        var shipped = Event(new OrderShipped { OrderId = "o1", UserId = "u1", TrackingNumber = "T1", Carrier = "DHL" }, 3, command);

        var entry = (await Written(shipped)).ShouldHaveSingleItem();

        (entry.EntityType, entry.EntityId, entry.Action, entry.Type, entry.Kind).ShouldBe(("order", "o1", "shipped", "OrderShipped", "order"));
        (entry.CommandId, entry.UserId, entry.Actor).ShouldBe((command, "u1", "workers"));
        entry.Changes.Text().ShouldContain("\"tracking_number\":\"T1\"");
    }

    [Test]
    public async Task Events_of_stock_and_of_refunds_belong_to_the_kinds_of_their_commands()
    {
        var entries = await Written(
            Event(new StockReserved { ProductId = "p1", OrderId = "o1", Quantity = 1, Stock = 2, Reserved = 1 }, 2),
            Event(new RefundApproved { PaymentId = "pay1", RefundId = "r1", UserId = "u1", Amount = 1 }, 3));

        entries.Select(e => (e.EntityType, e.Action, e.Kind)).ShouldBe(
            [("product", "stock_reserved", "inventory"), ("payment", "refund_approved", "refund")], ignoreOrder: true);
    }

    [Test]
    public async Task What_became_of_a_command_is_an_entry_of_its_own()
    {
        var command = Guid.NewGuid();

        var entry = (await Written(Event(Completed(command, "FAILED") with { Code = "NOT_FOUND" }, 0, command))).ShouldHaveSingleItem();

        entry.Id.ShouldNotBe(command);
        (entry.EntityType, entry.EntityId, entry.Action, entry.Type, entry.Kind).ShouldBe(("user", "u1", "outcome", "CreateUser", "user"));
        (entry.CommandId, entry.Outcome).ShouldBe((command, "FAILED"));
        entry.Changes.Text().ShouldContain("NOT_FOUND");
    }

    [Test]
    public async Task A_callers_own_entry_says_what_the_caller_said()
    {
        var recorded = new AuditRecorded
        {
            EntityType = "invoice",
            EntityId = "i1",
            Action = "printed",
            UserId = "u9",
            IpAddress = "192.0.2.7",
            Changes = new Dictionary<string, JsonElement> { ["copies"] = JsonSerializer.SerializeToElement(2), ["password"] = JsonSerializer.SerializeToElement("x") },
        };

        var entry = (await Written(Event(recorded, 0))).ShouldHaveSingleItem();

        (entry.EntityType, entry.EntityId, entry.Action, entry.Kind).ShouldBe(("invoice", "i1", "printed", "audit"));
        (entry.UserId, entry.ClientAddress).ShouldBe(("u9", "192.0.2.7"));
        entry.Changes.Text().ShouldBe("""{"copies":2,"password":"***"}""");
    }

    [Test]
    public async Task Commands_and_events_of_types_that_nobody_knows_are_entered_and_what_is_no_json_is_passed_over()
    {
        var entries = await Written(
            Command("Nonsense", "k1", "{}"u8.ToArray()), Command("Nonsense", "k1", "nonsense"u8.ToArray()),
            new LogRecord { Id = Guid.NewGuid(), Topic = Topics.Events, Key = "k1", TimestampMs = Now, Value = "{}"u8.ToArray() });

        entries.Select(e => (e.EntityType, e.Action, e.Type, e.Kind)).ShouldBe(
            [("unknown", "Nonsense", "Nonsense", null), ("unknown", "unknown", "unknown", null)], ignoreOrder: true);
        _provider!.GetRequiredService<Follower>().Skipped.ShouldBe(1);
    }

    [Test]
    public async Task What_the_commands_group_passes_on_to_every_worker_has_one_entry_whichever_is_read_first()
    {
        var asked = Command(new RunSystemAction { Action = "pause_queue" });
        var own = Command(new PauseQueue { Queue = "user" });

        var entries = await Written(OnControl(asked), asked, OnControl(own));

        entries.Where(e => e.Id == asked.Id).ShouldHaveSingleItem().Partition.Topic.ShouldBe(Topics.Commands);
        entries.Where(e => e.Id == own.Id).ShouldHaveSingleItem().Partition.Topic.ShouldBe(Topics.Control);
    }

    private static LogRecord OnControl(LogRecord record) =>
        new() { Id = record.Id, Topic = Topics.Control, Key = record.Key, TimestampMs = Now, Headers = record.Headers, Value = record.Value };

    /// <summary>The entries of these records, once all were looked at.</summary>
    private async Task<IReadOnlyCollection<AuditEntry>> Written(params LogRecord[] records)
    {
        await _log.AppendAsync(records, CancellationToken.None);
        _provider = new ServiceCollection().AddLogging().AddSingleton<ILog>(_log).AddSingleton<IAuditStore>(_audit).AddAudit().BuildServiceProvider();
        _provider.GetRequiredService<Follower>().Start();
        await _audit.Positions.Until(() => records.All(r => _audit.Positions[r.Where].Offset > r.Offset));
        return _audit.Entries.Values;
    }
}
