using System.Collections.Frozen;

namespace Workers.Contracts.Commands;

/// <summary>Every command there is. Who adds a record adds its line here and in the JSON context.</summary>
public static class CommandCatalog
{
    private static readonly CommandInfo[] List =
    [
        new CommandInfo<CreateUser>(), new CommandInfo<UpdateUser>(), new CommandInfo<DeleteUser>(),
        new CommandInfo<CreateOrder>(), new CommandInfo<UpdateOrder>(), new CommandInfo<ConfirmOrder>(), new CommandInfo<CancelOrder>(),
        new CommandInfo<ShipOrder>(), new CommandInfo<DeliverOrder>(), new CommandInfo<DeleteOrder>(),
        new CommandInfo<ProcessPayment>(), new CommandInfo<UpdatePayment>(), new CommandInfo<DeletePayment>(), new CommandInfo<RecordCharge>(),
        new CommandInfo<RefundPayment>(), new CommandInfo<ApproveRefund>(), new CommandInfo<RejectRefund>(), new CommandInfo<RecordRefund>(),
        new CommandInfo<RefundRemainder>(),
        new CommandInfo<CreateProduct>(), new CommandInfo<UpdateProduct>(), new CommandInfo<DeleteProduct>(),
        new CommandInfo<AdjustInventory>(), new CommandInfo<CommitStock>(),
        new CommandInfo<SendNotification>(), new CommandInfo<RecordNotification>(),
        new CommandInfo<RecordAudit>(), new CommandInfo<RunSystemAction>(),
        new CommandInfo<ReplayDeadLetter>(), new CommandInfo<DiscardDeadLetter>(), new CommandInfo<EditDeadLetter>(),
        new CommandInfo<ReplayDeadLetters>(), new CommandInfo<ContinueReplay>(), new CommandInfo<CancelReplay>(),
        new CommandInfo<CancelCommands>(), new CommandInfo<ContinueCancellation>(), new CommandInfo<TakeCancellable>(), new CommandInfo<StopCancellation>(),
        new CommandInfo<RetryFlow>(), new CommandInfo<CompensateFlow>(), new CommandInfo<UndoCommand>(),
        new CommandInfo<CancelCommand>(), new CommandInfo<ClearQueue>(), new CommandInfo<PauseQueue>(), new CommandInfo<ResumeQueue>(), new CommandInfo<RegisterHandler>(),
        new CommandInfo<UnregisterHandler>(), new CommandInfo<ResetCircuitBreaker>(), new CommandInfo<RecordCircuit>(), new CommandInfo<ClearHistory>(),
        new CommandInfo<CreateKey>(), new CommandInfo<RevokeKey>(), new CommandInfo<RecordKeyUse>(),
        new CommandInfo<ResetMetrics>(),
        new CommandInfo<CreateSubscription>(), new CommandInfo<DeleteSubscription>(), new CommandInfo<DisableSubscription>(),
        new CommandInfo<RecordDelivery>(), new CommandInfo<Redeliver>(), new CommandInfo<ForgetDelivery>(),
        new CommandInfo<CustomCommand>(), new CommandInfo<RecordHandled>(),
        new CommandInfo<PublishEvent>(), new CommandInfo<SaveReadModel>(), new CommandInfo<DeleteReadModel>(), new CommandInfo<Cleanup>(), new CommandInfo<RecordEventDelivery>(),
        new CommandInfo<CreateSchedule>(), new CommandInfo<UpdateSchedule>(), new CommandInfo<DeleteSchedule>(), new CommandInfo<PauseSchedule>(), new CommandInfo<ResumeSchedule>(), new CommandInfo<TriggerSchedule>(), new CommandInfo<FireSchedule>(), new CommandInfo<RescheduleCommand>(),
    ];

    private static readonly FrozenDictionary<string, CommandInfo> ByName = List.ToFrozenDictionary(info => info.Name, StringComparer.Ordinal);
    private static readonly FrozenDictionary<Type, CommandInfo> ByType = List.ToFrozenDictionary(info => info.Type);

    private static readonly FrozenDictionary<string, IReadOnlyList<CommandInfo>> ByKind =
        List.GroupBy(info => info.Kind).ToFrozenDictionary(kind => kind.Key, IReadOnlyList<CommandInfo> (kind) => [.. kind], StringComparer.Ordinal);

    /// <summary>All commands, the internal ones too.</summary>
    public static IReadOnlyList<CommandInfo> All => List;

    /// <summary>The eight kinds, in the documents' order.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        [Kind.Payment, Kind.User, Kind.Order, Kind.Notification, Kind.Inventory, Kind.Refund, Kind.Audit, Kind.System];

    /// <summary>The command of that name; null where there is none. Upper and lower case differ.</summary>
    public static CommandInfo? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The same; of a name that only a registered handler knows, <see cref="CustomCommand"/>.</summary>
    public static CommandInfo FindOrCustom(string name) => Find(name) ?? Of<CustomCommand>();

    /// <summary>The commands of a kind; empty for what is no kind.</summary>
    public static IReadOnlyList<CommandInfo> OfKind(string kind) => ByKind.GetValueOrDefault(kind) ?? [];

    /// <summary>What is known of a command's record.</summary>
    /// <exception cref="KeyNotFoundException">The record is not in the catalog.</exception>
    public static CommandInfo Of(object command) => ByType[command.GetType()];

    /// <summary>What is known of a command's record.</summary>
    public static CommandInfo Of<T>()
        where T : class, ICommand => ByType[typeof(T)];
}
