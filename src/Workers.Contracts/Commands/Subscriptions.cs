namespace Workers.Contracts.Commands;

/// <summary>Somebody is told by webhook when commands end.</summary>
[Command(Kind.System, "create_subscription", "subscription", Internal = true, ForAll = true)]
public sealed record CreateSubscription : ICommand
{
    [Key]
    public string SubscriptionId { get; init => field = value ?? ""; } = "";

    public string Url { get; init => field = value ?? ""; } = "";

    /// <summary>Kinds or names of commands; absent for all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Final states; absent for all.</summary>
    public IReadOnlyList<string>? States { get; init; }

    /// <summary><c>whsec_</c> and base64.</summary>
    [Sensitive]
    public string? Secret { get; init; }

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Nothing is delivered to it any more.</summary>
[Command(Kind.System, "delete_subscription", "subscription", Internal = true, ForAll = true)]
public sealed record DeleteSubscription : ICommand
{
    [Key]
    public string SubscriptionId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>Whoever is there wants no more: it stays listed, and nothing is delivered. Sent by the platform.</summary>
[Command(Kind.System, "disable_subscription", "subscription", Internal = true, ForAll = true)]
public sealed record DisableSubscription : ICommand
{
    [Key]
    public string SubscriptionId { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>How a delivery has ended; sent by the effects.</summary>
[Command(Kind.System, "record_delivery", "delivery", Internal = true)]
public sealed record RecordDelivery : ICommand
{
    [Key]
    public string DeliveryId { get; init => field = value ?? ""; } = "";

    public string SubscriptionId { get; init => field = value ?? ""; } = "";

    /// <summary>Our id of the command that is told of.</summary>
    public string TargetId { get; init => field = value ?? ""; } = "";

    public string TargetType { get; init => field = value ?? ""; } = "";

    /// <summary><c>command.executed</c>, …</summary>
    public string Event { get; init => field = value ?? ""; } = "";

    public bool Delivered { get; init; }

    public int? Attempts { get; init; }

    /// <summary>The receiver's last HTTP status; null where it did not answer.</summary>
    public int? Status { get; init; }

    /// <summary>Why it was not delivered.</summary>
    public string? Message { get; init; }

    /// <summary>How often it was asked for again.</summary>
    public int? Redeliveries { get; init; }

    /// <summary>The receiver wants no more.</summary>
    public bool Gone { get; init; }
}

/// <summary>A delivery that has ended is made again, with what the command is by now.</summary>
[Command(Kind.System, "redeliver", "delivery", Internal = true)]
public sealed record Redeliver : ICommand
{
    [Key]
    public string DeliveryId { get; init => field = value ?? ""; } = "";

    /// <summary>The command's JSON.</summary>
    public string Data { get; init => field = value ?? ""; } = "";

    [Length(1, 1000)]
    public string? Reason { get; init; }
}

/// <summary>A delivery that ended long ago leaves the log of deliveries; sent by the platform.</summary>
[Command(Kind.System, "forget_delivery", "delivery", Internal = true)]
public sealed record ForgetDelivery : ICommand
{
    [Key]
    public string DeliveryId { get; init => field = value ?? ""; } = "";
}
