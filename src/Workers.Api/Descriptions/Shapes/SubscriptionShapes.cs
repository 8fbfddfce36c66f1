using Workers.Contracts.Commands;
using Workers.Engine.Store;

namespace Workers.Api.Descriptions;

/// <summary>Who is to be told by webhook when commands end.</summary>
internal sealed record SubscriptionBody : ReasonBody
{
    /// <summary>Its host must be among those that the configuration allows.</summary>
    [Required]
    public required string Url { get; init; }

    /// <summary>Kinds, or names of commands, at most 100; all if nothing is said.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Final states; all of them if nothing is said.</summary>
    public IReadOnlyList<CommandState>? States { get; init; }

    /// <summary>`whsec_` and base64 of 24 to 64 bytes: what is delivered is signed with it.</summary>
    [Required]
    public required string Secret { get; init; }
}

/// <summary>Who is told by webhook when commands end, as it was made.</summary>
internal record NewSubscriptionShape
{
    public required Guid Id { get; init; }

    /// <summary>The same as `id`.</summary>
    public required Guid SubscriptionId { get; init; }

    public required string Url { get; init; }

    /// <summary>Empty for all.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>Empty for all.</summary>
    public required IReadOnlyList<CommandState> States { get; init; }

    public required bool Active { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Who is told by webhook when commands end.</summary>
internal sealed record SubscriptionShape : NewSubscriptionShape
{
    /// <summary>Why it was made, or is disabled.</summary>
    public string? Reason { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Deliveries that are not done.</summary>
    public required int Pending { get; init; }

    public required SubscriptionLinksShape Links { get; init; }
}

/// <summary>Where more of a subscription is found.</summary>
internal sealed record SubscriptionLinksShape
{
    public required string Deliveries { get; init; }
}

/// <summary>That nobody is told any more.</summary>
internal sealed record DeletedSubscriptionShape
{
    public required Guid SubscriptionId { get; init; }

    public required bool Deleted { get; init; }
}

/// <summary>A webhook about a command's end.</summary>
internal sealed record DeliveryShape
{
    /// <summary>The `webhook-id`.</summary>
    public required Guid DeliveryId { get; init; }

    public required Guid SubscriptionId { get; init; }

    public required Guid CommandId { get; init; }

    public required string CommandType { get; init; }

    /// <summary>Such as `command.executed`.</summary>
    public required string Event { get; init; }

    [OneOf("PENDING", "DELIVERED", "FAILED")]
    public required string State { get; init; }

    public required int Attempts { get; init; }

    /// <summary>The receiver's last HTTP status; absent where it did not answer.</summary>
    public int? Status { get; init; }

    public string? Message { get; init; }

    /// <summary>How often it was asked for again.</summary>
    public required int Redeliveries { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? At { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }
}

/// <summary>That a delivery is made once more.</summary>
internal sealed record RedeliveredShape
{
    public required Guid DeliveryId { get; init; }

    [OneOf("PENDING")]
    public required string State { get; init; }
}
