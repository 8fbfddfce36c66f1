using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Engine.Store;
using Workers.Handlers.Feeds;

namespace Workers.Tests.Feeds;

[Parallelizable(ParallelScope.All)]
public sealed class FeedNamesTests
{
    /// <summary>Events that no feed tells of by themselves.</summary>
    private static readonly string[] NotPublic =
    [
        nameof(CommandCompleted), nameof(CommandRejected), nameof(FlowRetryRequested), nameof(FlowCompensationRequested),
        nameof(KeyCreated), nameof(KeyRevoked),
        nameof(ReadModelSaved), nameof(ReadModelDeleted),
        nameof(DeadLetterReplayed), nameof(DeadLetterDiscarded), nameof(DeadLetterEdited), nameof(ReplayStarted), nameof(ReplayEnded),
        nameof(CancellationStarted), nameof(CancellationEnded),
    ];

    /// <summary>What each event is in the entity feed: a new event is a line here, or no part of that feed.</summary>
    private static readonly Dictionary<string, string?> Entities = new()
    {
        [nameof(UserCreated)] = "user_created",
        [nameof(UserUpdated)] = "user_updated",
        [nameof(UserDeleted)] = "user_deleted",
        [nameof(UserRestored)] = "user_created",
        [nameof(OrderCreated)] = "order_created",
        [nameof(OrderUpdated)] = "order_updated",
        [nameof(OrderConfirmed)] = "order_updated",
        [nameof(OrderShipped)] = "order_updated",
        [nameof(OrderDelivered)] = "order_updated",
        [nameof(OrderCancelled)] = "order_updated",
        [nameof(OrderDeleted)] = "order_deleted",
        [nameof(OrderRestored)] = "order_created",
        [nameof(PaymentCreated)] = "payment_created",
        [nameof(PaymentProcessed)] = "payment_updated",
        [nameof(PaymentFailed)] = "payment_updated",
        [nameof(PaymentUpdated)] = "payment_updated",
        [nameof(PaymentCancelled)] = "payment_updated",
        [nameof(PaymentRefunded)] = "payment_updated",
        [nameof(PaymentDeleted)] = "payment_deleted",
        [nameof(PaymentRestored)] = "payment_created",
        [nameof(ProductCreated)] = "product_created",
        [nameof(ProductUpdated)] = "product_updated",
        [nameof(ProductDeleted)] = "product_deleted",
        [nameof(ProductRestored)] = "product_created",
        [nameof(StockAdjusted)] = "product_updated",
        [nameof(StockReserved)] = "product_updated",
        [nameof(StockReleased)] = "product_updated",
    };

    /// <summary>Events of <c>cqrs-events</c> that are none of a resource's changes.</summary>
    private static readonly string[] CqrsAlone =
    [
        nameof(RefundRequested), nameof(RefundApproved), nameof(RefundRejected), nameof(RefundReviewRequired), nameof(StockRejected),
        nameof(NotificationRequested), nameof(NotificationSent), nameof(NotificationFailed), nameof(AuditRecorded), nameof(SystemActionRun),
        nameof(QueuePaused), nameof(QueueResumed), nameof(QueueCleared), nameof(HandlerRegistered), nameof(HandlerUnregistered), nameof(HandlerAvailable),
        nameof(HandlerUnavailable), nameof(CircuitBreakerReset), nameof(HistoryCleared), nameof(MetricsReset), nameof(SubscriptionCreated),
        nameof(SubscriptionDeleted), nameof(SubscriptionDisabled), nameof(ScheduleCreated), nameof(ScheduleUpdated), nameof(ScheduleDeleted),
    ];

    /// <summary>What the feed of commands tells of the platform itself.</summary>
    private static readonly Dictionary<string, string?> Platform = new()
    {
        [nameof(AuditRecorded)] = "audit.recorded",
        [nameof(HandlerRegistered)] = "handler.registered",
        [nameof(HandlerUnregistered)] = "handler.unregistered",
        [nameof(HandlerAvailable)] = "handler.available",
        [nameof(HandlerUnavailable)] = "handler.unavailable",
    };

    [TestCaseSource(nameof(All))]
    public void Every_event_is_told_where_the_table_says_or_is_named_as_not_public(string name)
    {
        var feeds = FeedNames.Of(EventCatalog.Find(name)!).ToDictionary(f => f.Topic, f => f.Type);

        if (NotPublic.Contains(name))
        {
            feeds.ShouldBeEmpty();
            return;
        }

        feeds[Topics.CqrsEvents].ShouldBe(name);
        (Entities.ContainsKey(name) || CqrsAlone.Contains(name)).ShouldBeTrue($"{name} is new: say here where it is told");
        feeds.GetValueOrDefault(Topics.RepositoryEvents).ShouldBe(Entities.GetValueOrDefault(name));
        feeds.GetValueOrDefault(Topics.OrderEvents).ShouldBe(name.StartsWith("Order", StringComparison.Ordinal) ? name : null);
        feeds.GetValueOrDefault(Topics.CommandEvents).ShouldBe(Platform.GetValueOrDefault(name));
    }

    [TestCase(CommandState.Succeeded, "command.executed")]
    [TestCase(CommandState.Failed, "command.failed")]
    [TestCase(CommandState.DeadLettered, "command.failed")]
    [TestCase(CommandState.Queued, "command.queued")]
    [TestCase(CommandState.Scheduled, "command.scheduled")]
    [TestCase(CommandState.Cancelled, "command.cancelled")]
    [TestCase(CommandState.Undone, "command.undone")]
    [TestCase(CommandState.Running, null)]
    [TestCase(CommandState.Retrying, null)]
    public void A_state_is_told_by_its_name(CommandState state, string? name) => FeedNames.Of(state).ShouldBe(name);

    [Test]
    public void What_can_be_told_is_in_the_catalog_and_nothing_else_is()
    {
        // Names that are told of neither a state nor an event are constants.
        var names = typeof(FeedNames).GetFields().Where(field => field.IsLiteral).Select(field => (Topics.CommandEvents, (string)field.GetRawConstantValue()!))
            .Concat(Enum.GetValues<CommandState>().Select(FeedNames.Of).OfType<string>().Select(type => (Topics.CommandEvents, type)))
            .Concat(EventCatalog.All.SelectMany(FeedNames.Of));

        FeedCatalog.All.Select(message => (message.Topic, message.Type)).Distinct().ShouldBe(names.Distinct(), ignoreOrder: true);
    }

    private static IEnumerable<string> All() => EventCatalog.All.Select(info => info.Name);
}
