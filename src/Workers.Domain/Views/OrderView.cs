using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Domain.Views;

/// <summary>An order as a resource, and the answers of document 003 with exactly its members.</summary>
public static class OrderView
{
    /// <summary>The whole order.</summary>
    public static void Write(Utf8JsonWriter writer, Order order, long version)
    {
        writer.WriteStartObject();
        writer.WriteId("order_id", order.OrderId);
        writer.WriteString("order_number"u8, order.OrderNumber);
        writer.WriteString("customer_id"u8, order.UserId);
        writer.WriteString("user_id"u8, order.UserId);
        writer.WriteString("status"u8, order.Status);
        WriteItems(writer, order.Items);
        writer.WriteMoney("total", order.TotalAmount);
        writer.WriteMoney("total_amount", order.TotalAmount);
        writer.WriteString("currency"u8, order.Currency);
        WriteAddress(writer, order.ShippingAddress);
        WritePayment(writer, order.Payment);
        writer.WriteText("carrier", order.Carrier);
        writer.WriteText("tracking_number", order.TrackingNumber);
        writer.WriteText("cancel_reason", order.CancelReason);
        writer.WriteTexts("metadata", order.Metadata);
        writer.WriteOpen("data", order.Data);
        writer.WriteVersion(version, order.CreatedAt, order.UpdatedAt);
        writer.WriteEndObject();
    }

    /// <summary><c>{order_id, order_number, status}</c>: what creating an order answers.</summary>
    public static void WriteCreated(Utf8JsonWriter writer, Order order)
    {
        writer.WriteStartObject();
        writer.WriteString("order_id"u8, order.OrderId);
        writer.WriteString("order_number"u8, order.OrderNumber);
        writer.WriteString("status"u8, order.Status);
        writer.WriteEndObject();
    }

    /// <summary><c>{order_id, status}</c>, and <c>tracking_number</c> once it is shipped if that is asked for.</summary>
    public static void WriteStatus(Utf8JsonWriter writer, Order order, bool withTracking = false)
    {
        writer.WriteStartObject();
        writer.WriteString("order_id"u8, order.OrderId);
        writer.WriteString("status"u8, order.Status);
        if (withTracking)
        {
            writer.WriteText("tracking_number", order.TrackingNumber);
        }

        writer.WriteEndObject();
    }

    private static void WriteItems(Utf8JsonWriter writer, IReadOnlyList<OrderItem> items)
    {
        writer.WriteStartArray("items"u8);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            writer.WriteString("product_id"u8, item.ProductId);
            writer.WriteText("sku", item.Sku);
            writer.WriteText("name", item.Name);
            writer.WriteNumber("quantity"u8, item.Quantity.GetValueOrDefault());
            writer.WriteMoney("unit_price", item.UnitPrice.GetValueOrDefault());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteAddress(Utf8JsonWriter writer, ShippingAddress? address)
    {
        if (address is null)
        {
            return;
        }

        writer.WriteStartObject("shipping_address"u8);
        writer.WriteText("street", address.Street);
        writer.WriteText("city", address.City);
        writer.WriteText("state", address.State);
        writer.WriteText("zip", address.Zip);
        writer.WriteText("country", address.Country);
        writer.WriteEndObject();
    }

    private static void WritePayment(Utf8JsonWriter writer, PaymentChoice? payment)
    {
        if (payment is null)
        {
            return;
        }

        writer.WriteStartObject("payment"u8);
        writer.WriteText("method", payment.Method);
        writer.WriteText("gateway", payment.Gateway);
        writer.WriteEndObject();
    }
}
