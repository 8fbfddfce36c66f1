using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;

namespace Workers.Handlers.Flows;

/// <summary>What the order flow remembers and sends at each step: pure functions of its state.</summary>
internal static class OrderFlowSteps
{
    public static void Begin(OrderFlowState flow, OrderCreated order)
    {
        flow.OrderId = order.OrderId;
        flow.UserId = order.UserId;
        flow.Amount = order.TotalAmount;
        flow.Currency = order.Currency;
        flow.PaymentMethod = order.Payment?.Method;
        flow.Gateway = order.Payment?.Gateway;
        flow.PaymentId = Ids.Derived(flow.CorrelationId, "payment").ToString();
        flow.Products = order.Items.GroupBy(i => i.ProductId).ToDictionary(g => g.Key, g => g.Sum(i => i.Quantity.GetValueOrDefault()));
        flow.WaitsFor = [.. flow.Products.Keys.Select(p => $"stock:{p}")];
    }

    public static ICommand Reserve(OrderFlowState flow, KeyValuePair<string, int> line) => Stock(flow, line, StockAction.Reserve, null);

    public static ICommand Release(OrderFlowState flow, KeyValuePair<string, int> line) => Stock(flow, line, StockAction.Release, flow.Reason);

    public static ICommand Commit(OrderFlowState flow, KeyValuePair<string, int> line) => new CommitStock { ProductId = line.Key, OrderId = flow.OrderId };

    public static ProcessPayment Charge(OrderFlowState flow) => new()
    {
        PaymentId = flow.PaymentId,
        UserId = flow.UserId,
        OrderId = flow.OrderId,
        Amount = flow.Amount,
        Currency = flow.Currency,
        PaymentMethod = flow.PaymentMethod,
        Gateway = flow.Gateway,
        Description = $"Order {flow.OrderId}",
    };

    /// <summary>Asks back what has not gone back yet. A refund that was rejected is over, so that each time has an id of its own.</summary>
    public static RefundRemainder Refund(OrderFlowState flow) => new()
    {
        PaymentId = flow.PaymentId,
        RefundId = Ids.Derived(flow.CorrelationId, $"refund-{++flow.Refunds}").ToString(),
        Reason = flow.Reason ?? "Order cancelled",
    };

    public static SendNotification Notify(OrderFlowState flow) => new()
    {
        NotificationId = Ids.Derived(flow.CorrelationId, "confirmed").ToString(),
        UserId = flow.UserId,
        Channel = "email",
        Type = "order_confirmed",
        Title = "Your order is confirmed",
        Message = $"Order {flow.OrderId} is paid and confirmed.",
    };

    public static void Paid(OrderFlowState flow) => (flow.PaymentOpen, flow.Charged) = (false, true);

    public static void PaidTooLate(OrderFlowState flow)
    {
        Paid(flow);
        flow.WaitsFor.Remove("payment");
        flow.WaitsFor.Add("refund");
    }

    public static void NotPaid(OrderFlowState flow, string reason)
    {
        flow.PaymentOpen = false;
        flow.WaitsFor.Remove("payment");
        flow.Reason ??= reason;
    }

    public static void Failed(OrderFlowState flow, CommandRejected rejected)
    {
        flow.Reason ??= rejected.Message;
        if (rejected.CommandType == nameof(ProcessPayment))
        {
            flow.PaymentOpen = false;
        }
    }

    public static void CancelledOutside(OrderFlowState flow, string reason) => (flow.OrderGone, flow.Reason) = (true, reason);

    /// <summary>A refused command that ends the forward way. A refused reservation says so itself.</summary>
    public static bool Ends(CommandRejected rejected) => rejected.CommandType switch
    {
        nameof(AdjustInventory) => rejected.Code is not (Refusal.InsufficientStockCode or Refusal.NotFoundCode),
        nameof(ProcessPayment) => rejected.Code is not (PaymentRules.Declined or PaymentRules.TimedOut),
        nameof(ConfirmOrder) => rejected.Message is not (OrderRules.AlreadyConfirmed or OrderRules.AlreadyGone),
        _ => false,
    };

    public static bool IsRefused(CommandRejected rejected, string why) => rejected.CommandType == nameof(ConfirmOrder) && rejected.Message == why;

    /// <summary>Sets what must happen before all is undone, and names the commands for it.</summary>
    public static IReadOnlyList<ICommand> Compensations(OrderFlowState flow)
    {
        flow.WaitsFor = [.. flow.Products.Keys.Select(p => $"stock:{p}")];
        var commands = flow.Products.Select(p => Release(flow, p)).ToList();
        if (!flow.OrderGone)
        {
            flow.WaitsFor.Add("order");
            commands.Add(new CancelOrder { OrderId = flow.OrderId, Reason = flow.Reason ?? "Order flow failed" });
        }

        if (flow.PaymentOpen)
        {
            flow.WaitsFor.Add("payment");
        }

        if (flow.Charged)
        {
            flow.WaitsFor.Add("refund");
            commands.Add(Refund(flow));
        }

        return commands;
    }

    /// <summary>The commands for what is still waited for.</summary>
    public static IReadOnlyList<ICommand> Missing(OrderFlowState flow)
    {
        var commands = flow.Products.Where(p => flow.WaitsFor.Contains($"stock:{p.Key}")).Select(p => Release(flow, p)).ToList();
        if (flow.WaitsFor.Contains("order"))
        {
            commands.Add(new CancelOrder { OrderId = flow.OrderId, Reason = flow.Reason ?? "Order flow failed" });
        }

        if (flow.WaitsFor.Contains("refund"))
        {
            commands.Add(Refund(flow));
        }

        return commands;
    }

    /// <summary>While compensating: refused because there is nothing (left) to undo.</summary>
    public static bool Harmless(CommandRejected rejected) => rejected.CommandType switch
    {
        nameof(AdjustInventory) => rejected.Code is Refusal.InsufficientStockCode or Refusal.NotFoundCode,
        nameof(CancelOrder) => rejected.Code == Refusal.NotFoundCode || rejected.Message == "Order is already cancelled",
        nameof(RefundRemainder) => rejected.Message == RefundRules.AlreadyRefunded,
        _ => true,
    };

    public static void Gone(OrderFlowState flow, CommandRejected rejected)
    {
        switch (rejected.CommandType)
        {
            case nameof(AdjustInventory) when rejected.Code == Refusal.NotFoundCode:
                flow.WaitsFor.Remove($"stock:{rejected.Key}");
                break;
            case nameof(CancelOrder):
                flow.WaitsFor.Remove("order");
                break;
            case nameof(ProcessPayment):
                NotPaid(flow, rejected.Message);
                break;
            case nameof(RefundRemainder):
                flow.WaitsFor.Remove("refund");
                break;
        }
    }

    /// <summary>A release that found nothing to release says so by its completion alone.</summary>
    public static void Done(OrderFlowState flow, CommandCompleted completed)
    {
        if (completed.CommandType == nameof(AdjustInventory))
        {
            flow.WaitsFor.Remove($"stock:{completed.Key}");
        }
    }

    private static AdjustInventory Stock(OrderFlowState flow, KeyValuePair<string, int> line, string action, string? reason) => new()
    {
        ProductId = line.Key,
        Action = action,
        Quantity = line.Value,
        OrderId = flow.OrderId,
        Reason = reason,
    };
}
