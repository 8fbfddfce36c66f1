using System.Globalization;
using Workers.Contracts;

namespace Workers.EndToEnd.Running;

/// <summary>Request bodies, and the ids that belong to them.</summary>
internal static class Bodies
{
    private static int s_made;

    /// <summary>An id that no other test has.</summary>
    public static string Id(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref s_made)}");

    public static string Flow(string orderId) => Ids.Flow("order", orderId).ToString();

    public static string Product(string id, int stock, string? sku = null) =>
        $$"""{"product_id":"{{id}}","name":"Laptop","price":999.99,"stock":{{stock}},"sku":"{{sku ?? id}}"}""";

    /// <summary>Document 003's order with a payment.</summary>
    public static string Order(string orderId, string productId, decimal price, int quantity = 1, string customer = "550e8400-e29b-41d4-a716-446655440000") =>
        string.Create(CultureInfo.InvariantCulture, $$$"""
            {"order_id":"{{{orderId}}}","customer_id":"{{{customer}}}",
             "items":[{"product_id":"{{{productId}}}","sku":"LAPTOP-001","quantity":{{{quantity}}},"unit_price":{{{price}}}}],
             "shipping_address":{"street":"123 Tech Street","city":"San Francisco","state":"CA","zip":"94102","country":"US"},
             "payment":{"method":"card"}}
            """);

    public static string Adjust(string productId, string action, int quantity, string reason, string? commandId = null) =>
        $$"""{"type":"AdjustInventory","product_id":"{{productId}}","action":"{{action}}","quantity":{{quantity}},"reason":"{{reason}}"{{(
            commandId is null ? "" : $",\"command_id\":\"{commandId}\"")}}}""";
}
