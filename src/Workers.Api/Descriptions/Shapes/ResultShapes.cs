using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Engine.Store;

namespace Workers.Api.Descriptions;

/// <summary>That a command was undone.</summary>
internal sealed record UndoneShape
{
    public required string CommandId { get; init; }

    public required CommandState State { get; init; }

    public required Guid UndoId { get; init; }

    public string? Reason { get; init; }
}

/// <summary>That a command is not executed any more.</summary>
internal sealed record CancelledShape
{
    public required Guid CommandId { get; init; }

    public required CommandState State { get; init; }
}

/// <summary>That something was done to the platform.</summary>
internal sealed record DoneShape
{
    public string? Action { get; init; }

    [OneOf("DONE")]
    public required string Status { get; init; }

    /// <summary>How many records a `cleanup` has deleted.</summary>
    public long? Removed { get; init; }

    /// <summary>How many read models a `rebuild_projection` has written.</summary>
    public long? Written { get; init; }

    /// <summary>How many a `warm_cache` has read; so the next three.</summary>
    public long? Users { get; init; }

    public long? Payments { get; init; }

    public long? Orders { get; init; }

    public long? Products { get; init; }

    public long? DurationMs { get; init; }
}

/// <summary>That an entry was written into the audit trail.</summary>
internal sealed record AuditDoneShape
{
    public required string EntityType { get; init; }

    public required string EntityId { get; init; }

    public required string Action { get; init; }

    [OneOf("RECORDED")]
    public required string Status { get; init; }
}

/// <summary>Nothing: that what the platform itself asked for is done.</summary>
internal sealed record NothingShape;

/// <summary>What a handler outside has answered: any JSON, its own business.</summary>
[AnyOf(typeof(JsonElement))]
internal sealed record HandlerResultShape;

/// <summary>What a command came to, by its type.</summary>
[AnyOf(
    typeof(NewOrderShape), typeof(OrderStatusShape), typeof(OrderShape), typeof(UserShape), typeof(PaymentShape), typeof(RefundShape), typeof(ProductShape),
    typeof(NotificationShape), typeof(DeletedShape), typeof(AuditDoneShape), typeof(DoneShape), typeof(UndoneShape), typeof(CancelledShape), typeof(ClearedQueueShape),
    typeof(QueueStateShape), typeof(RegistrationShape), typeof(CircuitResetShape), typeof(ClearedHistoryShape), typeof(FlowAskedShape), typeof(ScheduleAskedShape), typeof(EditedShape),
    typeof(ReplayStartedShape), typeof(CancellationStartedShape),
    typeof(CqrsEventShape), typeof(EventDeliveredShape), typeof(ReadModelShape), typeof(DeletedModelShape), typeof(CleanedShape), typeof(FiguresResetShape),
    typeof(NewSubscriptionShape), typeof(DeletedSubscriptionShape), typeof(RedeliveredShape), typeof(AnyKeyShape), typeof(RevokedKeyShape), typeof(NothingShape),
    typeof(HandlerResultShape))]
internal sealed record ResultShape;
