namespace Workers.Domain;

/// <summary>A webhook about a command's end, when it has been delivered or given up.</summary>
/// <param name="State">DELIVERED, FAILED, or PENDING where it is made again.</param>
/// <param name="Status">The receiver's last HTTP status; null where it did not answer.</param>
/// <param name="Redeliveries">How often it was asked for again.</param>
public sealed record Delivery(
    string DeliveryId, string SubscriptionId, string CommandId, string CommandType, string Event, string State, int Attempts, int? Status, string? Message,
    int Redeliveries, DateTimeOffset At)
{
    public const string Kind = "delivery";
    public const string Delivered = "DELIVERED";
    public const string Failed = "FAILED";
    public const string Pending = "PENDING";
}
