using System.Text;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Handlers.Audit;
using Workers.Handlers.Projections;
using Workers.Tests.Follow;
using Workers.Tests.Projections;
using static Workers.Tests.Projections.Records;

namespace Workers.Tests.Cqrs;

/// <summary>What followers make of events that callers posted, of saved read models, and of the switches.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PostedEventTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly MemoryLog _log = new(1);
    private readonly MemoryReadModels _models = new();
    private readonly MemoryAudit _audit = new();
    private ServiceProvider? _provider;

    public void Dispose()
    {
        _provider?.GetRequiredService<Follower>().Stop(Patience).ShouldBeTrue();
        _provider?.Dispose();
    }

    [Test]
    public async Task A_posted_event_is_shown_and_listed_and_changes_no_version()
    {
        await Projected(
            Event(new UserCreated { UserId = "ada", Name = "Ada", Email = "ada@example.org" }, 1),
            Posted("UserUpdated", "ada", """{"user_id":"ada","name":"Augusta"}"""), Posted("TheirOwn", "x", """{"password":"1234"}"""), Event(Mug("end"), 1));

        var user = _models[ReadModelTypes.User, "ada"]!;
        (user.Version, user.Fields["name"]).ShouldBe((1, "Augusta"));
        _models.Events.Select(e => (e.Type, e.AggregateId, e.Version, e.External)).ShouldBe(
            [("UserCreated", "ada", 1, false), ("UserUpdated", "ada", 0, true), ("TheirOwn", "x", 0, true), ("ProductCreated", "end", 1, false)]);
        _models.Events[2].Data.Text().ShouldBe("""{"password":"***"}""");
    }

    [TestCase("OrderCreated", """{"order_id":"o1"}""")]
    [TestCase("OrderCreated", """{"order_id":"o1","order_number":null,"user_id":null,"items":[null],"total_amount":1,"currency":null}""")]
    [TestCase("UserUpdated", """{"user_id":"nobody","name":"Ada"}""")]
    [TestCase("UserCreated", """{"user_id":5}""")]
    [TestCase("PaymentProcessed", "{}")]
    public async Task A_posted_event_that_lacks_what_ours_has_is_listed_and_keeps_nothing_up(string type, string data)
    {
        await Projected(Posted(type, "o1", data), Event(Mug("end"), 1));

        _models.Events.Select(e => e.Type).ShouldBe([type, "ProductCreated"]);
        _models[ReadModelTypes.Order, "o1"].ShouldBeNull();
        _models[ReadModelTypes.User, "nobody"].ShouldBeNull();
    }

    [Test]
    public async Task What_the_platform_tells_cannot_be_posted_into_the_lists()
    {
        var id = Guid.NewGuid();
        await Projected(
            Command(new CreateUser { UserId = "u1", Data = new() { Name = "Ada", Email = "a@b.c" } }, id),
            Event(Completed(id, "DEAD_LETTERED"), 0, more: h => h.Add(HeaderName.Origin, "external")), Event(Mug("end"), 1));

        _models.Outcomes.ShouldBeEmpty();
        _models.Commands.ShouldContainKey(id);
    }

    [Test]
    public async Task Read_models_are_saved_and_deleted_in_their_order_without_what_nobody_should_read()
    {
        await Projected(
            Event(new ReadModelSaved { ModelId = "ada", ModelType = "UserReadModel", Version = 3, Data = Data("""{"cvv":"123","a":1}""") }, 0),
            Event(new ReadModelDeleted { ModelId = "ada", ModelType = "UserReadModel", Version = 2 }, 0), Event(Mug("end"), 1));

        _models.Saved.Select(m => (m.Type, m.Id, m.Version, m.Deleted, m.Data.Text())).ShouldBe(
            [("UserReadModel", "ada", 3, false, """{"cvv":"***","a":1}"""), ("UserReadModel", "ada", 2, true, "")]);
        _models.Events.ShouldHaveSingleItem();
    }

    [TestCase(true, 4)]
    [TestCase(false, 2)]
    public async Task The_audit_trail_leaves_out_what_was_asked_at_these_doors_and_nothing_else(bool enabled, int entries)
    {
        await _log.AppendAsync(
            [
                Asked(new CreateUser { UserId = "u1", Data = new() { Name = "Ada", Email = "a@b.c" } }, "cqrs"),
                Asked(new SaveReadModel { ModelId = "ada", ModelType = "UserReadModel" }, "resource"),
                Asked(new CreateUser { UserId = "u2", Data = new() { Name = "Ada", Email = "a@b.c" } }, "execute"), Event(Mug("end"), 1),
            ],
            CancellationToken.None);
        Start(services => services.AddSingleton<IAuditStore>(_audit).AddSingleton(new CqrsOptions { AuditingEnabled = enabled }).AddAudit());
        await _audit.Positions.Until(() => _audit.Entries.Values.Any(e => e.EntityId == "end"));

        _audit.Entries.Count.ShouldBe(entries);
    }

    private async Task Projected(params LogRecord[] records)
    {
        await _log.AppendAsync(records, CancellationToken.None);
        Start(services => services.AddSingleton<IReadModelStore>(_models).AddProjections());
        await _models.Until(ReadModelTypes.Product, "end", 1);
    }

    private void Start(Func<IServiceCollection, IServiceCollection> add)
    {
        _provider = add(new ServiceCollection().AddLogging().AddSingleton<ILog>(_log)).BuildServiceProvider();
        _provider.GetRequiredService<Follower>().Start();
    }

    private static ProductCreated Mug(string id) => new() { ProductId = id, Name = "Mug", Price = 4.5m, Stock = 5 };

    private static LogRecord Asked(ICommand command, string door)
    {
        var info = CommandCatalog.Of(command);
        return new LogRecord
        {
            Id = Guid.NewGuid(),
            Topic = Topics.Commands,
            Key = info.GetKey(command),
            TimestampMs = Now,
            Headers = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Source, "ada").Add(HeaderName.Door, door).Take(),
            Value = info.ToBytes(command),
        };
    }

    private static LogRecord Posted(string type, string key, string data) => new()
    {
        Id = Guid.NewGuid(),
        Topic = Topics.Events,
        Key = key,
        TimestampMs = Now,
        Headers = new HeaderWriter().Add(HeaderName.Type, type).Add(HeaderName.Origin, OpenEvents.External).Take(),
        Value = Encoding.UTF8.GetBytes(data),
    };

    private static Dictionary<string, System.Text.Json.JsonElement> Data(string json) => System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, System.Text.Json.JsonElement>>(json)!;
}
