using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>
/// How what a command has done is taken back: a creation by a delete, an update by the values before, a delete by a return, an order's creation or
/// confirmation by its cancellation, a payment by a full refund. Stock is in <see cref="UndoStockRules"/>.
/// </summary>
public static class UndoRules
{
    public const string DefaultReason = "Undone";

    public static Decision Undo(User? state, Past past, string? reason) => past.Done.FirstOrDefault() switch
    {
        null => NothingDone,
        _ when past.IsChanged || state is null => Changed("user"),
        UserCreated => Decision.Of(new UserDeleted { UserId = state.UserId, Reason = reason ?? DefaultReason }),
        UserUpdated => Decision.Of(Back(state, Fold.Of<User>(null, past.Before, default)!)),
        UserDeleted => UserRules.Restore(state),
        _ => NothingDone,
    };

    public static Decision Undo(Order? state, Past past, string? reason) => past.Done.FirstOrDefault() switch
    {
        null => NothingDone,
        OrderCreated or OrderConfirmed when state is not null => OrderRules.Decide(state, new CancelOrder { OrderId = state.OrderId, Reason = reason ?? DefaultReason }),
        _ when past.IsChanged || state is null => Changed("order"),
        OrderUpdated => Decision.Of(Back(state, Fold.Of<Order>(null, past.Before, default)!)),
        OrderDeleted => OrderRules.Restore(state),
        _ => NothingDone,
    };

    /// <param name="state">The payment.</param>
    /// <param name="past">Its stream.</param>
    /// <param name="undo">What is asked.</param>
    /// <param name="undoId">Our id of the undo, which is the refund's too.</param>
    /// <param name="approvalThreshold">Above this amount somebody must approve; null for never.</param>
    public static Decision Undo(Payment? state, Past past, UndoCommand undo, string undoId, decimal? approvalThreshold) => past.Done.FirstOrDefault() switch
    {
        null => NothingDone,
        PaymentCreated when state is not null => Refund(state, undo, undoId, approvalThreshold),
        _ when past.IsChanged || state is null => Changed("payment"),
        PaymentUpdated or PaymentCancelled when past.Done.Any(happened => happened is PaymentCancelled) =>
            Refusal.InvalidState("A cancelled payment cannot be taken up again"),
        PaymentUpdated => Decision.Of(Back(state, Fold.Of<Payment>(null, past.Before, default)!)),
        PaymentDeleted => PaymentRules.Restore(state),
        _ => NothingDone,
    };

    internal static Refusal NothingDone { get; } = Refusal.InvalidState("The command has changed nothing that could be undone");

    internal static Refusal Changed(string what) => Refusal.InvalidState($"Another command has changed the {what} since");

    private static Decision Refund(Payment payment, UndoCommand undo, string undoId, decimal? approvalThreshold)
    {
        if (!payment.Deleted && payment.PaidAmount > 0 && payment.Refundable < payment.PaidAmount)
        {
            return Refusal.InvalidState("The payment is refunded, or waits to be, in part or whole");
        }

        var decision = RefundRules.Decide(
            payment,
            new RefundPayment { PaymentId = payment.PaymentId, RefundId = undoId, Amount = payment.PaidAmount, Reason = undo.Reason ?? DefaultReason },
            undoId, approvalThreshold);
        return decision.Events is [RefundRequested requested] ? Decision.Of(requested with { Undoes = undo.TargetId }) : decision;
    }

    private static UserUpdated Back(User now, User before) => new()
    {
        UserId = now.UserId,
        Name = before.Name,
        Email = before.Email,
        Age = before.Age,
        Username = before.Username,
        Attributes = before.Attributes,
        More = before.More,
        Metadata = before.Metadata,
        Cleared = Cleared(
            [
                .. Gone("age", now.Age, before.Age), .. Gone("username", now.Username, before.Username), .. Gone("attributes", now.Attributes, before.Attributes),
                .. Gone("metadata", now.Metadata, before.Metadata), .. (now.More ?? []).Keys.Where(name => before.More?.ContainsKey(name) != true),
            ]),
    };

    private static OrderUpdated Back(Order now, Order before) => new()
    {
        OrderId = now.OrderId,
        UserId = now.UserId,
        Items = before.Items,
        TotalAmount = before.TotalAmount,
        Currency = before.Currency,
        ShippingAddress = before.ShippingAddress,
        Metadata = before.Metadata,
        Data = before.Data,
        Cleared = Cleared(
            [
                .. Gone("shipping_address", now.ShippingAddress, before.ShippingAddress), .. Gone("metadata", now.Metadata, before.Metadata),
                .. Gone("data", now.Data, before.Data),
            ]),
    };

    private static PaymentUpdated Back(Payment now, Payment before) => new()
    {
        PaymentId = now.PaymentId,
        UserId = now.UserId,
        Description = before.Description,
        Metadata = before.Metadata,
        Cleared = Cleared([.. Gone("description", now.Description, before.Description), .. Gone("metadata", now.Metadata, before.Metadata)]),
    };

    /// <summary>The name of a member that is there now and was not before.</summary>
    internal static IEnumerable<string> Gone(string name, object? now, object? before) => now is not null && before is null ? [name] : [];

    internal static string[]? Cleared(string[] names) => names.Length == 0 ? null : names;
}
