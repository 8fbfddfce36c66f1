using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Engine.Control;
using Workers.Engine.Effects;
using Workers.Engine.Encryption;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Effects;
using Workers.Handlers.Effects.Services;
using Workers.Handlers.Projections;
using Workers.Tests.Api;
using Workers.Tests.Projections;

namespace Workers.Tests.Effects;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EffectHandlersTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("workers-handlers-").FullName;
    private readonly ServiceProvider _services;

    public EffectHandlersTests() => _services = new ServiceCollection()
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .AddSingleton(new EffectOptions()).AddSingleton(new NotificationOptions()).AddSingleton(new RefundOptions())
        .AddSingleton<IDictionary<string, GatewayOptions>>(new Dictionary<string, GatewayOptions> { ["simulated"] = new(), ["stripe"] = new() })
        .AddSingleton<IStateStore>(new MemoryState()).AddSingleton<IReadModelStore>(new MemoryReadModels()).AddSingleton<ICqrsStore, EmptyLists>().AddSingleton(new SensitiveMask(SensitiveMask.DefaultNames)).AddSingleton(new DataCipher([DataKey.Make()], new SensitiveNames([])))
        .AddSingleton(new HandlerOptions()).AddSingleton(new Retention(() => Task.FromResult(3)))
        .AddSingleton(provider => new ControlFeed(provider.GetRequiredService<IStateStore>(), null, NullLogger<ControlFeed>.Instance))
        .AddEffects(_directory).BuildServiceProvider();

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public void Each_effect_has_a_handler() =>
        _services.GetServices<IEffectHandler>().Select(h => h.Type).ShouldBe(EffectCatalog.All.Select(type => type.Type.Name), ignoreOrder: true);

    [Test]
    public async Task A_charge_becomes_its_record()
    {
        var approved = (RecordCharge)await RunAsync(Charge(10, "stripe"));
        var declined = (RecordCharge)await RunAsync(Charge(10.13m, "simulated"));

        (approved.PaymentId, approved.EffectId, approved.Approved, approved.Code).ShouldBe(("p1", "e1", true, null));
        approved.GatewayReference.ShouldNotBeNullOrEmpty();
        (declined.Approved, declined.Code, declined.GatewayReference).ShouldBe((false, "PAYMENT_DECLINED", null));
        _services.GetRequiredService<ServicePipelines>().Circuits.Select(c => c.Name).ShouldBe(["gateway:simulated", "gateway:stripe"]);
    }

    [Test]
    public async Task A_refund_becomes_its_record()
    {
        var record = (RecordRefund)await RunAsync(Refund);

        (record.PaymentId, record.RefundId, record.Approved).ShouldBe(("p1", "r1", true));
    }

    [Test]
    public async Task A_handler_that_was_taken_out_is_not_called_and_its_command_is_given_up()
    {
        var call = new CallHandler { CommandId = "c", CommandKey = "k", CommandType = "MakeReport", Handler = "reports", Data = "{}" };

        (await Should.ThrowAsync<EffectAbandoned>(() => RunAsync(call))).Code.ShouldBe("HANDLER_NOT_FOUND");
        var record = (RecordHandled)Handler(call).GaveUp(call, "HANDLER_GONE", "it wants no more");
        (record.TargetId, record.Outcome, record.Code, record.Gone).ShouldBe(("c", "DEAD_LETTERED", "HANDLER_NOT_FOUND", true));
    }

    [Test]
    public async Task Maintenance_says_what_it_did()
    {
        var record = (RecordHandled)await RunAsync(new RunMaintenance { CommandId = "c", Action = "cleanup" });

        (record.TargetType, record.Outcome).ShouldBe(("RunSystemAction", "SUCCEEDED"));
        record.Result!.ShouldContain("\"removed\":3");
    }

    [Test]
    public async Task Cutting_the_lists_says_how_many_are_gone()
    {
        var record = (RecordHandled)await RunAsync(new RunMaintenance { CommandId = "c", Action = "cleanup_lists" });

        (record.TargetKey, record.TargetType, record.Outcome).ShouldBe(("cleanup_lists", "Cleanup", "SUCCEEDED"));
        record.Result!.ShouldStartWith("""{"removed":{"commands":0,"queries":0,"events":0,"read_models":0},"duration_ms":""");
    }

    [Test]
    public async Task An_event_whose_handler_was_taken_out_is_not_delivered_and_one_that_wants_no_more_is_taken_out()
    {
        var delivery = new DeliverEvent { EventId = "e", EventType = "UserCreated", AggregateId = "ada", Version = 1, AtMs = 1, Data = "{}" };

        ((RecordEventDelivery)await RunAsync(delivery)).ShouldSatisfyAllConditions(r => r.Delivered.ShouldBeFalse(), r => r.DeliveryKey.ShouldBe("UserCreated/ada"));
        ((RecordEventDelivery)Handler(delivery).GaveUp(delivery, "EVENT_HANDLER_GONE", "it wants no more")).Gone.ShouldBeTrue();
        ((RecordEventDelivery)Handler(delivery).GaveUp(delivery, "ATTEMPTS_USED_UP", "away")).ShouldSatisfyAllConditions(r => r.Gone.ShouldBeFalse(), r => r.Reason.ShouldBe("away"));
    }

    [Test]
    public async Task A_notification_becomes_its_record()
    {
        var record = (RecordNotification)await RunAsync(Notification);

        (record.NotificationId, record.Delivered).ShouldBe(("n1", true));
    }

    [Test]
    public async Task A_gateway_that_is_not_configured_any_more_is_tried_again() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => RunAsync(Charge(10, "gone")))).Message.ShouldContain("Workers:Gateways:gone");

    [Test]
    public void Who_gives_up_says_so()
    {
        var charge = (RecordCharge)Handler(Charge(1, "x")).GaveUp(Charge(1, "x"), "DEADLINE_PASSED", "slow");
        var refund = (RecordRefund)Handler(Refund).GaveUp(Refund, "DEADLINE_PASSED", "slow");
        var notification = (RecordNotification)Handler(Notification).GaveUp(Notification, "ATTEMPTS_USED_UP", "slow");

        (charge.Approved, charge.Code).ShouldBe((false, "GATEWAY_TIMEOUT"));
        (refund.Approved, refund.Code).ShouldBe((false, "GATEWAY_TIMEOUT"));
        (notification.Delivered, notification.Reason).ShouldBe((false, "slow"));
    }

    [Test]
    public void They_are_tried_as_long_as_is_promised()
    {
        Handler(Charge(1, "x")).Policy.Deadline.ShouldBe(TimeSpan.FromMinutes(15));
        Handler(Refund).Policy.Deadline.ShouldBe(TimeSpan.FromHours(24));
        Handler(Notification).Policy.Attempts.ShouldBe(6);
    }

    [Test]
    public void A_charge_and_the_refund_that_has_its_id_have_different_keys() =>
        ((IEffect)(Refund with { RefundId = "e1" })).IdempotencyKey.ShouldNotBe(((IEffect)Charge(1, "x")).IdempotencyKey);

    private static RefundCharge Refund { get; } = new() { PaymentId = "p1", RefundId = "r1", Amount = 5, Currency = "USD", Gateway = "simulated" };

    private static DeliverNotification Notification { get; } =
        new() { NotificationId = "n1", UserId = "u1", Channel = "email", Title = "Hello", Message = "World" };

    private static ChargePayment Charge(decimal amount, string gateway) =>
        new() { PaymentId = "p1", EffectId = "e1", Amount = amount, Currency = "USD", Gateway = gateway };

    private IEffectHandler Handler(IEffect effect) => _services.GetServices<IEffectHandler>().Single(h => h.Type == effect.GetType().Name);

    private Task<ICommand> RunAsync(IEffect effect) =>
        Handler(effect).ExecuteAsync(effect, new EffectContext(effect.IdempotencyKey, 1, default, null), CancellationToken.None);
}
