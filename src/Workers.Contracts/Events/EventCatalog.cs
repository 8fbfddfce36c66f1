using System.Collections.Frozen;

namespace Workers.Contracts.Events;

/// <summary>Every event there is. Who adds a record adds its line here and in the JSON context.</summary>
public static class EventCatalog
{
    private static readonly EventInfo[] List =
    [
        new EventInfo<UserCreated>(), new EventInfo<UserUpdated>(), new EventInfo<UserDeleted>(), new EventInfo<UserRestored>(),
        new EventInfo<OrderCreated>(), new EventInfo<OrderUpdated>(), new EventInfo<OrderConfirmed>(), new EventInfo<OrderShipped>(),
        new EventInfo<OrderDelivered>(), new EventInfo<OrderCancelled>(), new EventInfo<OrderDeleted>(), new EventInfo<OrderRestored>(),
        new EventInfo<PaymentCreated>(), new EventInfo<PaymentProcessed>(), new EventInfo<PaymentFailed>(), new EventInfo<PaymentUpdated>(),
        new EventInfo<PaymentCancelled>(), new EventInfo<PaymentRefunded>(), new EventInfo<PaymentDeleted>(), new EventInfo<PaymentRestored>(),
        new EventInfo<RefundRequested>(), new EventInfo<RefundApproved>(), new EventInfo<RefundRejected>(), new EventInfo<RefundReviewRequired>(),
        new EventInfo<ProductCreated>(), new EventInfo<ProductUpdated>(), new EventInfo<ProductDeleted>(), new EventInfo<ProductRestored>(),
        new EventInfo<StockAdjusted>(), new EventInfo<StockReserved>(), new EventInfo<StockReleased>(), new EventInfo<StockRejected>(),
        new EventInfo<NotificationRequested>(), new EventInfo<NotificationSent>(), new EventInfo<NotificationFailed>(),
        new EventInfo<AuditRecorded>(), new EventInfo<SystemActionRun>(), new EventInfo<FlowRetryRequested>(), new EventInfo<FlowCompensationRequested>(),
        new EventInfo<CommandRejected>(), new EventInfo<CommandCompleted>(),
        new EventInfo<QueuePaused>(), new EventInfo<QueueResumed>(), new EventInfo<QueueCleared>(), new EventInfo<HandlerRegistered>(), new EventInfo<HandlerUnregistered>(),
        new EventInfo<HandlerAvailable>(), new EventInfo<HandlerUnavailable>(), new EventInfo<CircuitBreakerReset>(), new EventInfo<HistoryCleared>(),
        new EventInfo<DeadLetterReplayed>(), new EventInfo<DeadLetterDiscarded>(), new EventInfo<DeadLetterEdited>(), new EventInfo<ReplayStarted>(), new EventInfo<ReplayEnded>(),
        new EventInfo<CancellationStarted>(), new EventInfo<CancellationEnded>(),
        new EventInfo<KeyCreated>(), new EventInfo<KeyRevoked>(),
        new EventInfo<MetricsReset>(), new EventInfo<SubscriptionCreated>(), new EventInfo<SubscriptionDeleted>(), new EventInfo<SubscriptionDisabled>(),
        new EventInfo<ReadModelSaved>(), new EventInfo<ReadModelDeleted>(),
        new EventInfo<ScheduleCreated>(), new EventInfo<ScheduleUpdated>(), new EventInfo<ScheduleDeleted>(),
    ];

    private static readonly FrozenDictionary<string, EventInfo> ByName = List.ToFrozenDictionary(info => info.Name, StringComparer.Ordinal);
    private static readonly FrozenDictionary<Type, EventInfo> ByType = List.ToFrozenDictionary(info => info.Type);

    public static IReadOnlyList<EventInfo> All => List;

    /// <summary>The event of that name; null where there is none.</summary>
    public static EventInfo? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>What is known of an event's record.</summary>
    /// <exception cref="KeyNotFoundException">The record is not in the catalog.</exception>
    public static EventInfo Of(IDomainEvent happened) => ByType[happened.GetType()];

    /// <summary>What is known of an event's record.</summary>
    public static EventInfo Of<T>()
        where T : class, IDomainEvent => ByType[typeof(T)];
}
