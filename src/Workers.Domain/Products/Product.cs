using System.Text.Json.Serialization;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>A product with its stock, as the events made it. Reserved is never more than the stock, nor below zero.</summary>
public sealed record Product : IEntity<Product>
{
    public static string Kind => "product";

    public required string ProductId { get; init; }

    public required string Name { get; init; }

    public required decimal Price { get; init; }

    public string? Sku { get; init; }

    public string? Category { get; init; }

    public string? Description { get; init; }

    public long Stock { get; init; }

    /// <summary>All that is reserved, for orders and otherwise.</summary>
    public long Reserved { get; init; }

    /// <summary>The part of it that orders hold; which order holds how much is a <see cref="Reservation"/> each, so that a product stays small.</summary>
    public long ReservedByOrders { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public bool Deleted { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public long Available => Stock - Reserved;

    public static Product? Apply(Product? state, IDomainEvent happened, DateTimeOffset at) => (happened, state) switch
    {
        (ProductCreated e, _) => new Product
        {
            ProductId = e.ProductId,
            Name = e.Name,
            Price = e.Price,
            Sku = e.Sku,
            Category = e.Category,
            Description = e.Description,
            Stock = e.Stock,
            Metadata = e.Metadata,
            CreatedAt = at,
            UpdatedAt = at,
        },
        (ProductUpdated e, not null) => Updated(state, e) with { UpdatedAt = at },
        (StockAdjusted e, not null) => state with
        {
            Stock = e.Stock,
            Reserved = e.Reserved,
            ReservedByOrders = state.ReservedByOrders - (e is { Action: StockAction.Commit, OrderId: not null } ? e.Quantity : 0),
            UpdatedAt = at,
        },
        (StockReserved e, not null) => state with
        {
            ReservedByOrders = state.ReservedByOrders + e.Reserved - state.Reserved,
            Reserved = e.Reserved,
            UpdatedAt = at,
        },
        (StockReleased e, not null) => state with
        {
            ReservedByOrders = state.ReservedByOrders + e.Reserved - state.Reserved,
            Reserved = e.Reserved,
            UpdatedAt = at,
        },
        (ProductDeleted, not null) => state with { Deleted = true, UpdatedAt = at },
        (ProductRestored, not null) => state with { Deleted = false, UpdatedAt = at },
        _ => state,
    };

    private static Product Updated(Product state, ProductUpdated e) => state with
    {
        Name = e.Name ?? state.Name,
        Price = e.Price ?? state.Price,
        Sku = e.Cleared.Has("sku") ? null : e.Sku ?? state.Sku,
        Category = e.Cleared.Has("category") ? null : e.Category ?? state.Category,
        Description = e.Cleared.Has("description") ? null : e.Description ?? state.Description,
        Metadata = e.Cleared.Has("metadata") ? null : e.Metadata ?? state.Metadata,
    };
}
