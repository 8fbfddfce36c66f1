using System.Text.Json.Serialization;

namespace Workers.Contracts.Commands;

/// <summary>One line of an order.</summary>
public sealed record OrderItem
{
    [Required, Id]
    public string ProductId { get; init => field = value ?? ""; } = "";

    [Required("SKU is required", In = Forms.Strict), Length(1, 100)]
    public string? Sku { get; init; }

    [Length(1, 200)]
    public string? Name { get; init; }

    [Required("Quantity must be at least 1"), AtLeast("1", "Quantity must be at least 1"), AtMost("1000000000")]
    public int? Quantity { get; init; }

    [Alias("price"), Required]
    [AtLeast("0.01", In = Forms.Loose), MoreThan("0.01", "Unit price must be greater than 0.01", In = Forms.Orders | Forms.Strict), Amount]
    public decimal? UnitPrice { get; init; }

    /// <summary>Quantity times price.</summary>
    [JsonIgnore]
    public decimal Total => Quantity.GetValueOrDefault() * UnitPrice.GetValueOrDefault();
}

/// <summary>Where an order is sent.</summary>
public sealed record ShippingAddress
{
    [Required, Length(1, 200)]
    public string? Street { get; init; }

    [Required, Length(1, 200)]
    public string? City { get; init; }

    [Required, Length(1, 200)]
    public string? State { get; init; }

    [Required, Length(1, 40)]
    public string? Zip { get; init; }

    /// <summary>Two letters, in upper case.</summary>
    [Country]
    public string? Country { get; init => field = value?.Trim().ToUpperInvariant(); }
}

/// <summary>How an order is to be paid; with it the order flow runs by itself.</summary>
public sealed record PaymentChoice
{
    [Alias("payment_method"), OneOf(PaymentMethod.CreditCard, PaymentMethod.DebitCard, PaymentMethod.NetBanking, PaymentMethod.Upi, PaymentMethod.Wallet)]
    public string? Method { get; init => field = PaymentMethod.Normal(value); }

    [Gateway]
    public string? Gateway { get; init; }
}
