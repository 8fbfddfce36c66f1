namespace Workers.Contracts.Commands;

[Command(Kind.Inventory, "create", "product", Undoable = true)]
public sealed record CreateProduct : ICommand
{
    [Key(Made = true)]
    public string ProductId { get; init => field = value ?? ""; } = "";

    [Required, Length(1, 200)]
    public string Name { get; init => field = value ?? ""; } = "";

    [Required, AtLeast("0"), Amount]
    public decimal? Price { get; init; }

    [Length(1, 100)]
    public string? Sku { get; init; }

    [Length(1, 100)]
    public string? Category { get; init; }

    [Length(0, 1000)]
    public string? Description { get; init; }

    [AtLeast("0"), AtMost("1000000000")]
    public int? Stock { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>Members given replace, absent ones stay; <see cref="Stock"/> is an AdjustInventory <c>set</c>.</summary>
[Command(Kind.Inventory, "update", "product", Undoable = true)]
public sealed record UpdateProduct : ICommand, IVersioned, IChecked
{
    [Key]
    public string ProductId { get; init => field = value ?? ""; } = "";

    [NotBlank, Length(1, 200)]
    public string? Name { get; init; }

    [AtLeast("0"), Amount]
    public decimal? Price { get; init; }

    [Length(1, 100)]
    public string? Sku { get; init; }

    [Length(1, 100)]
    public string? Category { get; init; }

    [Length(0, 1000)]
    public string? Description { get; init; }

    [AtLeast("0"), AtMost("1000000000")]
    public int? Stock { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }

    /// <summary>Members to remove; a null in a request's body is read as its name here.</summary>
    [Clears]
    public IReadOnlyList<string>? Clear { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }

    void IChecked.Check(Violations violations)
    {
        violations.Something((Name ?? Sku ?? Category ?? Description ?? Price ?? Stock ?? (object?)Metadata) is not null, Clear);
        violations.Clearable(Clear, "sku", "category", "description", "metadata");
    }
}

[Command(Kind.Inventory, "delete", "product", Undoable = true)]
public sealed record DeleteProduct : ICommand, IVersioned
{
    [Key]
    public string ProductId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>Moves a stock. A reservation with an order's id is made once, and released as it was made.</summary>
[Command(Kind.Inventory, "adjust", "product", Undoable = true)]
public sealed record AdjustInventory : ICommand, IVersioned, IChecked
{
    [Key]
    public string ProductId { get; init => field = value ?? ""; } = "";

    [Required, OneOf(StockAction.Add, StockAction.Remove, StockAction.Set, StockAction.Reserve, StockAction.Release)]
    public string Action { get; init => field = value ?? ""; } = "";

    [Required, AtMost("1000000000")]
    public int? Quantity { get; init; }

    [Length(0, 1000)]
    public string? Reason { get; init; }

    [Id]
    public string? OrderId { get; init; }

    [AtLeast("1")]
    public long? ExpectedVersion { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }

    void IChecked.Check(Violations violations)
    {
        var least = Action == StockAction.Set ? 0 : 1;
        if (Quantity < least)
        {
            violations.Add("quantity", $"quantity must be at least {least}");
        }
    }
}

/// <summary>Takes what an order has reserved out of the stock, when it is shipped; sent by the order flow.</summary>
[Command(Kind.Inventory, "commit", "product", Internal = true)]
public sealed record CommitStock : ICommand
{
    [Key]
    public string ProductId { get; init => field = value ?? ""; } = "";

    [Required]
    public string OrderId { get; init => field = value ?? ""; } = "";
}
