namespace Workers.Contracts.Events;

/// <summary>A notification is to be sent; the effect <c>notify</c> does it.</summary>
[Event("notification")]
public sealed record NotificationRequested : IDomainEvent
{
    [EntityId]
    public required string NotificationId { get; init; }

    public required string UserId { get; init; }

    public required string Channel { get; init; }

    public string? Type { get; init; }

    public required string Title { get; init; }

    public required string Message { get; init; }

    public required string Priority { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }
}

[Event("notification")]
public sealed record NotificationSent : IDomainEvent
{
    [EntityId]
    public required string NotificationId { get; init; }

    public required string UserId { get; init; }
}

[Event("notification")]
public sealed record NotificationFailed : IDomainEvent
{
    [EntityId]
    public required string NotificationId { get; init; }

    public required string UserId { get; init; }

    public required string Reason { get; init; }
}
