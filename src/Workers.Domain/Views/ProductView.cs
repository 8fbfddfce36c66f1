using System.Text.Json;

namespace Workers.Domain.Views;

/// <summary>A product as a resource, with its stock and what of it is available.</summary>
public static class ProductView
{
    public static void Write(Utf8JsonWriter writer, Product product, long version)
    {
        writer.WriteStartObject();
        writer.WriteId("product_id", product.ProductId);
        writer.WriteString("name"u8, product.Name);
        writer.WriteMoney("price", product.Price);
        writer.WriteText("sku", product.Sku);
        writer.WriteText("category", product.Category);
        writer.WriteText("description", product.Description);
        writer.WriteNumber("stock"u8, product.Stock);
        writer.WriteNumber("available"u8, product.Available);
        writer.WriteTexts("metadata", product.Metadata);
        writer.WriteVersion(version, product.CreatedAt, product.UpdatedAt);
        writer.WriteEndObject();
    }
}
