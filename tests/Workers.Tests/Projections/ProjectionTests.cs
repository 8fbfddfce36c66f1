using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Follow;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Projections;
using Workers.Tests.Follow;
using static Workers.Tests.Projections.Records;

namespace Workers.Tests.Projections;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ProjectionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly MemoryLog _log = new();
    private readonly MemoryReadModels _models = new();
    private readonly List<ServiceProvider> _providers = [];
    private Follower? _follower;

    public void Dispose()
    {
        _follower?.Stop(Patience).ShouldBeTrue();
        _providers.ForEach(p => p.Dispose());
    }

    [Test]
    public async Task An_order_is_shown_as_its_events_made_it()
    {
        Append(Event(Created("o1"), 1), Event(new OrderConfirmed { OrderId = "o1", UserId = "u1" }, 2));
        Start();
        await _models.Until(ReadModelTypes.Order, "o1", 2);

        var order = _models[ReadModelTypes.Order, "o1"]!;
        order.Fields["status"].ShouldBe("CONFIRMED");
        order.Fields["user_id"].ShouldBe("u1");
        order.Fields["customer_id"].ShouldBe("u1");
        (order.CreatedMs, order.UpdatedMs, order.Deleted).ShouldBe((Now + 1, Now + 2, false));
        using var data = JsonDocument.Parse(order.Data);
        data.RootElement.GetProperty("status").GetString().ShouldBe("CONFIRMED");
        data.RootElement.GetProperty("version").GetInt64().ShouldBe(2);
        data.RootElement.GetProperty("total").GetDecimal().ShouldBe(20m);
    }

    [Test]
    public async Task Each_model_that_a_batch_touches_is_written_once()
    {
        Append([Event(Product("p1"), 1), .. Enumerable.Range(2, 99).Select(v => Event(Stocked("p1", v), v))]);
        Start();
        await _models.Until(ReadModelTypes.Product, "p1", 100);

        _models.Writes.ShouldBe(1);
        Stock("p1").ShouldBe(100);
    }

    [Test]
    public async Task An_older_event_never_overwrites_a_newer_one_not_even_after_a_restart()
    {
        LogRecord[] events = [Event(Product("p1"), 1), Event(Stocked("p1", 7), 2), Event(Stocked("p1", 9), 3)];
        Append(events);
        Start();
        await _models.Until(ReadModelTypes.Product, "p1", 3);

        Append(Again(events[1]), Event(Product("p2"), 1));
        await _models.Until(ReadModelTypes.Product, "p2", 1);
        Stock("p1").ShouldBe(9);

        Start();
        Append(Again(events[0]), Again(events[1]), Event(Product("p3"), 1));
        await _models.Until(ReadModelTypes.Product, "p3", 1);
        Stock("p1").ShouldBe(9);

        Append(Event(Stocked("p1", 11), 4));
        await _models.Until(ReadModelTypes.Product, "p1", 4);
        Stock("p1").ShouldBe(11);
    }

    [Test]
    public async Task Reading_everything_again_changes_nothing()
    {
        var command = Guid.NewGuid();
        LogRecord[] records =
        [
            Command(new CreateUser { UserId = "u1" }, command), Event(User("u1"), 1, command),
            Event(new UserUpdated { UserId = "u1", Name = "Grace" }, 2), Event(Completed(command), 0, command),
        ];
        Append(records);
        Start();
        await _models.Until(ReadModelTypes.User, "u1", 2);
        await _models.Positions.Until(() => _models.Outcomes.Count == 1);
        var (model, row, outcome) = (_models[ReadModelTypes.User, "u1"]!, _models.Commands[command], _models.Outcomes[command]);

        Append([.. records.Select(Again), Event(User("u2"), 1)]);
        await _models.Until(ReadModelTypes.User, "u2", 1);

        _models[ReadModelTypes.User, "u1"]!.Data.ShouldBe(model.Data);
        _models.Commands[command].ShouldBeSameAs(row);
        _models.Outcomes[command].ShouldBe(outcome);
    }

    [Test]
    public async Task A_model_is_folded_on_after_a_restart_from_what_is_stored()
    {
        Append(Event(User("u1"), 1));
        Start();
        await _models.Until(ReadModelTypes.User, "u1", 1);

        Start();
        Append(Event(new UserUpdated { UserId = "u1", Age = 30 }, 2));
        await _models.Until(ReadModelTypes.User, "u1", 2);

        _models[ReadModelTypes.User, "u1"]!.Data.Text().ShouldContain("\"age\":30");
        _models[ReadModelTypes.User, "u1"]!.Fields["name"].ShouldBe("Ada");
    }

    [Test]
    public async Task A_deleted_entity_shows_nothing_and_comes_back_as_it_was()
    {
        Append(Event(User("u1"), 1), Event(new UserDeleted { UserId = "u1" }, 2));
        Start();
        await _models.Until(ReadModelTypes.User, "u1", 2);
        _models[ReadModelTypes.User, "u1"]!.Deleted.ShouldBeTrue();
        _models[ReadModelTypes.User, "u1"]!.Data.ShouldBeEmpty();

        Start();
        Append(Event(new UserRestored { UserId = "u1" }, 3));
        await _models.Until(ReadModelTypes.User, "u1", 3);
        _models[ReadModelTypes.User, "u1"]!.Deleted.ShouldBeFalse();
        _models[ReadModelTypes.User, "u1"]!.Data.Text().ShouldContain("Ada");
    }

    [Test]
    public async Task An_event_that_a_caller_posted_is_shown_and_gives_way_to_the_entitys_own()
    {
        void External(HeaderWriter headers) => headers.Add(HeaderName.Origin, "external").Add(HeaderName.Version, 99);
        Append(Event(User("u1"), 0, more: External), Event(Product("p1"), 1));
        Start();
        await _models.Until(ReadModelTypes.Product, "p1", 1);
        await _models.Positions.Until(() => _models[ReadModelTypes.User, "u1"] is not null);
        _models[ReadModelTypes.User, "u1"]!.Version.ShouldBe(0);

        Append(Event(User("u1") with { Name = "Real" }, 1));
        await _models.Until(ReadModelTypes.User, "u1", 1);
        _models[ReadModelTypes.User, "u1"]!.Fields["name"].ShouldBe("Real");
    }

    [Test]
    public async Task A_commands_outcome_may_come_before_its_row()
    {
        var command = Guid.NewGuid();
        Append(Event(Completed(command, "FAILED") with { Code = "NOT_FOUND", Message = "User not found" }, 0, command));
        Start();
        await _models.Positions.Until(() => _models.Outcomes.Count == 1);
        Append(Command(new CreateUser { UserId = "u1" }, command));
        await _models.Positions.Until(() => _models.Commands.Count == 1);

        _models.Outcomes[command].ShouldBe(new CommandOutcomeRow(command, CommandState.Failed, 1, Now, Now + 5, "NOT_FOUND", "User not found"));
    }

    [Test]
    public async Task The_outcome_of_a_deferred_command_begins_when_the_command_did()
    {
        var (command, finisher) = (Guid.NewGuid(), Guid.NewGuid());
        Append(Event(Completed(command), 0, finisher));
        Start();
        await _models.Positions.Until(() => _models.Outcomes.Count == 1);

        _models.Outcomes[command].StartedMs.ShouldBe(Now - 5);
        _models.Outcomes[command].CompletedMs.ShouldBe(Now);
    }

    [Test]
    public async Task A_command_is_listed_with_where_it_came_from_and_what_it_caused()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        Append(
            Command(new CreateUser { UserId = "u1" }, first, h => h.Add(HeaderName.CommandId, "mine").Add(HeaderName.UserId, "u1")
                .Add(HeaderName.TraceParent, $"00-{trace}-b7ad6b7169203331-01")),
            Command(new DeleteUser { UserId = "u1" }, second, h => h.Add(HeaderName.CorrelationId, first).Add(HeaderName.CausationId, first)));
        Start();
        await _models.Positions.Until(() => _models.Commands.Count == 2);

        _models.Commands[first].ShouldSatisfyAllConditions(
            row => row.CallerId.ShouldBe("mine"),
            row => (row.Type, row.Kind, row.Key, row.Caller, row.Door).ShouldBe(("CreateUser", "user", "u1", "ada", "execute")),
            row => (row.SubmittedMs, row.UserId, row.TraceId).ShouldBe((Now, "u1", trace)),
            row => row.CorrelationId.ShouldBe(first.ToString()));
        _models.Commands[second].CausationId.ShouldBe(first.ToString());
        _models.Commands[second].CorrelationId.ShouldBe(first.ToString());
    }

    [Test]
    public async Task Sensitive_members_are_masked_in_commands_and_models()
    {
        var more = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"card_number":{"raw":"4111"},"pets":["4112",1.50,null]}""")!;
        var command = Guid.NewGuid();
        Append(Command(new CreateUser { UserId = "u1", Data = new UserData { Name = "Ada", More = more } }, command), Event(User("u1") with { More = more }, 1));
        Start();
        await _models.Until(ReadModelTypes.User, "u1", 1);
        await _models.Positions.Until(() => _models.Commands.Count == 1);

        foreach (var text in new[] { _models[ReadModelTypes.User, "u1"]!.Data.Text(), _models.Commands[command].Data.Text() })
        {
            text.ShouldContain("\"card_number\":\"***\"");
            text.ShouldContain("\"pets\":[\"4112\",1.50,null]");
            text.ShouldNotContain("4111");
        }
    }

    [Test]
    public async Task A_poisoned_record_holds_up_nobody()
    {
        Append(
            Command("CreateUser", "u1", "{\"user_id\":"u8.ToArray()), Command("CreateUser", "u1", []), Command("Nonsense", "u1", "{}"u8.ToArray()),
            Event(Completed(Guid.NewGuid(), "NO_STATE"), 0), Event(User("u1"), 1));
        Start();
        await _models.Until(ReadModelTypes.User, "u1", 1);
        await _models.Positions.Until(() => _models.Commands.Count == 1);
        await _models.Positions.Until(() => _follower!.Skipped == 3);

        _models.Commands.Values.ShouldHaveSingleItem().Type.ShouldBe("Nonsense");
    }

    [Test]
    public async Task A_commit_that_fails_leaves_no_trace_in_what_is_folded_next()
    {
        Append(Event(Product("p1"), 1));
        Start();
        await _models.Until(ReadModelTypes.Product, "p1", 1);
        var failures = 2;
        _models.Positions.BeforeCommit = () =>
        {
            if (failures-- > 0)
            {
                throw new StoreUnavailableException("away");
            }
        };

        Append(Event(new StockReserved { ProductId = "p1", OrderId = "o1", Quantity = 3, Stock = 5, Reserved = 3 }, 2));
        await _models.Until(ReadModelTypes.Product, "p1", 2);

        _models[ReadModelTypes.Product, "p1"]!.State.Text().ShouldContain("\"reserved_by_orders\":3");
    }

    [Test]
    public async Task Of_more_events_than_are_listed_the_newest_stay_whichever_partition_is_read_first()
    {
        Append([.. Enumerable.Range(1, 40).Select(n => At(Event(Product($"p{n}"), 1), Now + n))]);
        Start(new CqrsOptions { MaxEvents = 4 });
        await _models.Until(ReadModelTypes.Product, "p40", 1);

        _models.Events.ConvertAll(listed => listed.AggregateId).ShouldBe(["p37", "p38", "p39", "p40"]);
    }

    private void Start(CqrsOptions? options = null)
    {
        _follower?.Stop(Patience).ShouldBeTrue();
        var provider = new ServiceCollection().AddLogging().AddSingleton<ILog>(_log).AddSingleton<IReadModelStore>(_models)
            .AddSingleton(options ?? new CqrsOptions()).AddProjections().BuildServiceProvider();
        _providers.Add(provider);
        _follower = provider.GetRequiredService<Follower>();
        _follower.Start();
    }

    private void Append(params IReadOnlyList<LogRecord> records) => _log.AppendAsync(records, CancellationToken.None);

    private static LogRecord Again(LogRecord record) => At(record, record.TimestampMs);

    private static LogRecord At(LogRecord record, long ms) => new()
    {
        Id = record.Id,
        Topic = record.Topic,
        Key = record.Key,
        TimestampMs = ms,
        Headers = record.Headers,
        Value = record.Value,
    };

    private long Stock(string id)
    {
        using var data = JsonDocument.Parse(_models[ReadModelTypes.Product, id]!.Data);
        return data.RootElement.GetProperty("stock").GetInt64();
    }

    private static UserCreated User(string id) => new() { UserId = id, Name = "Ada", Email = "ada@example.com" };

    private static ProductCreated Product(string id) => new() { ProductId = id, Name = "Mug", Price = 4.5m, Stock = 5 };

    private static StockAdjusted Stocked(string id, long stock) =>
        new() { ProductId = id, Action = StockAction.Set, Quantity = stock, Stock = stock, Reserved = 0 };

    private static OrderCreated Created(string id) => new()
    {
        OrderId = id,
        OrderNumber = "ORD-1",
        UserId = "u1",
        Items = [new OrderItem { ProductId = "p1", Quantity = 2, UnitPrice = 10m }],
        TotalAmount = 20m,
        Currency = "USD",
    };
}
