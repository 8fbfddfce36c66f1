namespace Workers.Contracts.Commands;

/// <summary>States of an order, as the documents write them.</summary>
public static class OrderStatus
{
    public const string Created = "CREATED";
    public const string Confirmed = "CONFIRMED";
    public const string Shipped = "SHIPPED";
    public const string Delivered = "DELIVERED";
    public const string Cancelled = "CANCELLED";
}

/// <summary>States of a payment.</summary>
public static class PaymentStatus
{
    public const string Pending = "PENDING";
    public const string Processed = "PROCESSED";
    public const string Failed = "FAILED";
    public const string Cancelled = "CANCELLED";
    public const string Refunded = "REFUNDED";
    public const string PartiallyRefunded = "PARTIALLY_REFUNDED";
}

/// <summary>States of a refund of a payment.</summary>
public static class RefundStatus
{
    /// <summary>Waits for an approval.</summary>
    public const string Requested = "REQUESTED";

    /// <summary>May go to the gateway; its amount is set aside.</summary>
    public const string Approved = "APPROVED";

    /// <summary>The gateway has not answered in all the time it was given: somebody approves it again, or rejects it. Its amount stays set aside.</summary>
    public const string ManualReview = "MANUAL_REVIEW";

    public const string Refunded = "REFUNDED";
    public const string Rejected = "REJECTED";
}

/// <summary>States of a notification.</summary>
public static class NotificationStatus
{
    public const string Requested = "REQUESTED";
    public const string Sent = "SENT";
    public const string Failed = "FAILED";
}

/// <summary>Ways to pay.</summary>
public static class PaymentMethod
{
    public const string CreditCard = "credit_card";
    public const string DebitCard = "debit_card";
    public const string NetBanking = "net_banking";
    public const string Upi = "upi";
    public const string Wallet = "wallet";

    /// <summary><c>card</c>, which document 000 sends, is a credit card.</summary>
    internal static string? Normal(string? value) => value == "card" ? CreditCard : value;
}

/// <summary>What AdjustInventory does with a stock.</summary>
public static class StockAction
{
    public const string Add = "add";
    public const string Remove = "remove";
    public const string Set = "set";
    public const string Reserve = "reserve";
    public const string Release = "release";

    /// <summary>Takes what an order has reserved out of the stock; only in events, from <see cref="CommitStock"/>.</summary>
    public const string Commit = "commit";
}
