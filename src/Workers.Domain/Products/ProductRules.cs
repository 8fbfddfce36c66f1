using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>What may be done with a product; its stock is in <see cref="StockRules"/>. That a sku is unique is the store's to see.</summary>
public static class ProductRules
{
    internal const string What = "Product";

    public static Decision Decide(Product? state, CreateProduct command) => state is not null
        ? Refusal.AlreadyExists(What)
        : Decision.Of(new ProductCreated
        {
            ProductId = command.ProductId,
            Name = command.Name,
            Price = command.Price.GetValueOrDefault(),
            Sku = command.Sku,
            Category = command.Category,
            Description = command.Description,
            Stock = command.Stock.GetValueOrDefault(),
            Metadata = command.Metadata,
        });

    public static Decision Decide(Product? state, UpdateProduct command)
    {
        if (state.Alive() is not { } product)
        {
            return Refusal.NotFound(What);
        }

        var stock = command.Stock is { } quantity ? StockRules.Set(product, quantity, command.Reason) : Decision.Nothing;
        if (stock.Refusal is not null)
        {
            return stock;
        }

        var members = command.Name ?? command.Sku ?? command.Category ?? command.Description ?? command.Price ?? command.Metadata ?? (object?)command.Clear;
        return members is null
            ? stock
            : Decision.Of(
            [
                new ProductUpdated
                {
                    ProductId = product.ProductId,
                    Name = command.Name,
                    Price = command.Price,
                    Sku = command.Sku,
                    Category = command.Category,
                    Description = command.Description,
                    Metadata = command.Metadata,
                    Cleared = command.Clear,
                },
                .. stock.Events,
            ]);
    }

    public static Decision Decide(Product? state, DeleteProduct command) => state.Alive() is null
        ? Refusal.NotFound(What)
        : Decision.Of(new ProductDeleted { ProductId = command.ProductId, Reason = command.Reason });

    /// <summary>The undo of a delete.</summary>
    public static Decision Restore(Product? state) => state switch
    {
        null => Refusal.NotFound(What),
        { Deleted: false } => Refusal.InvalidState("Product is not deleted"),
        _ => Decision.Of(new ProductRestored { ProductId = state.ProductId }),
    };
}
