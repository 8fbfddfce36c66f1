using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Domain.Views;

/// <summary>What an executed command answers: document 003's bodies for orders, else the resource as it is now.</summary>
public static class CommandAnswer
{
    /// <param name="writer">Gets one JSON object.</param>
    /// <param name="command">The command, which has succeeded.</param>
    /// <param name="state">The state after it; null for commands without one.</param>
    /// <param name="version">The state's version.</param>
    /// <param name="commandId">Our id of the command.</param>
    public static void Write(Utf8JsonWriter writer, ICommand command, object? state, long version, string commandId)
    {
        switch (command, state)
        {
            case (DeleteUser or DeleteOrder or DeletePayment or DeleteProduct, _):
                WriteDeleted(writer, command);
                break;
            case (CreateOrder, Order order):
                OrderView.WriteCreated(writer, order);
                break;
            case (UpdateOrder, Order order):
                OrderView.Write(writer, order, version);
                break;
            case (_, Order order):
                OrderView.WriteStatus(writer, order, withTracking: command is ShipOrder);
                break;
            case (RefundPayment c, Payment payment):
                WriteRefund(writer, payment, string.IsNullOrEmpty(c.RefundId) ? commandId : c.RefundId, version);
                break;
            case (RefundRemainder c, Payment payment):
                WriteRefund(writer, payment, c.RefundId, version);
                break;
            case (RecordRefund c, Payment payment):
                WriteRefund(writer, payment, c.RefundId, version);
                break;
            case (ApproveRefund c, Payment payment):
                WriteRefund(writer, payment, c.RefundId, version);
                break;
            case (RejectRefund c, Payment payment):
                WriteRefund(writer, payment, c.RefundId, version);
                break;
            case (_, Payment payment):
                PaymentView.Write(writer, payment, version);
                break;
            case (_, User user):
                UserView.Write(writer, user, version);
                break;
            case (_, Product product):
                ProductView.Write(writer, product, version);
                break;
            case (_, Notification notification):
                NotificationView.Write(writer, notification, version);
                break;
            default:
                WriteDone(writer, command);
                break;
        }
    }

    private static void WriteRefund(Utf8JsonWriter writer, Payment payment, string refundId, long version)
    {
        if (payment.FindRefund(refundId) is { } refund)
        {
            PaymentView.WriteRefund(writer, payment, refund);
        }
        else
        {
            PaymentView.Write(writer, payment, version);
        }
    }

    private static void WriteDeleted(Utf8JsonWriter writer, ICommand command)
    {
        var info = CommandCatalog.Of(command);
        writer.WriteStartObject();
        writer.WriteId(info.KeyField.Name, info.GetKey(command));
        writer.WriteBoolean("deleted"u8, true);
        writer.WriteEndObject();
    }

    private static void WriteDone(Utf8JsonWriter writer, ICommand command)
    {
        writer.WriteStartObject();
        switch (command)
        {
            case RecordAudit audit:
                writer.WriteString("entity_type"u8, audit.EntityType);
                writer.WriteString("entity_id"u8, audit.EntityId);
                writer.WriteString("action"u8, audit.Action);
                writer.WriteString("status"u8, "RECORDED"u8);
                break;
            case RunSystemAction system:
                writer.WriteString("action"u8, system.Action);
                writer.WriteString("status"u8, "DONE"u8);
                break;
            default:
                writer.WriteString("status"u8, "DONE"u8);
                break;
        }

        writer.WriteEndObject();
    }
}
