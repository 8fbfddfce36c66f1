using System.Text.Json;

namespace Workers.Domain.Views;

/// <summary>A payment as a resource, and its refunds.</summary>
public static class PaymentView
{
    public static void Write(Utf8JsonWriter writer, Payment payment, long version)
    {
        writer.WriteStartObject();
        writer.WriteId("payment_id", payment.PaymentId);
        writer.WriteString("user_id"u8, payment.UserId);
        writer.WriteText("order_id", payment.OrderId);
        writer.WriteMoney("amount", payment.Amount);
        writer.WriteString("currency"u8, payment.Currency);
        writer.WriteText("payment_method", payment.PaymentMethod);
        writer.WriteString("gateway"u8, payment.Gateway);
        writer.WriteString("status"u8, payment.Status);
        writer.WriteMoney("refunded_amount", payment.RefundedAmount);
        writer.WriteText("description", payment.Description);
        writer.WriteText("gateway_reference", payment.GatewayReference);
        writer.WriteText("failure_code", payment.FailureCode);
        writer.WriteText("failure_reason", payment.FailureReason);
        if (payment.Refunds.Count > 0)
        {
            writer.WriteStartArray("refunds"u8);
            foreach (var refund in payment.Refunds)
            {
                writer.WriteStartObject();
                writer.WriteId("refund_id", refund.RefundId);
                WriteMembers(writer, refund);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteTexts("metadata", payment.Metadata);
        writer.WriteVersion(version, payment.CreatedAt, payment.UpdatedAt);
        writer.WriteEndObject();
    }

    /// <summary>One refund with what has become of its payment.</summary>
    public static void WriteRefund(Utf8JsonWriter writer, Payment payment, Refund refund)
    {
        writer.WriteStartObject();
        writer.WriteId("refund_id", refund.RefundId);
        writer.WriteString("payment_id"u8, payment.PaymentId);
        writer.WriteString("user_id"u8, payment.UserId);
        writer.WriteString("currency"u8, payment.Currency);
        WriteMembers(writer, refund);
        writer.WriteString("payment_status"u8, payment.Status);
        writer.WriteMoney("refunded_amount", payment.RefundedAmount);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, Refund refund)
    {
        writer.WriteMoney("amount", refund.Amount);
        writer.WriteString("status"u8, refund.Status);
        writer.WriteText("reason", refund.Reason);
        writer.WriteTime("requested_at", refund.RequestedAt);
    }
}
