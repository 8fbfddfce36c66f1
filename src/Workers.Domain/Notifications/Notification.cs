using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>A notification and whether it got out.</summary>
public sealed record Notification : IEntity<Notification>
{
    public static string Kind => "notification";

    public required string NotificationId { get; init; }

    public required string UserId { get; init; }

    public required string Channel { get; init; }

    public string? Type { get; init; }

    public required string Title { get; init; }

    public required string Message { get; init; }

    public required string Priority { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>One of <see cref="NotificationStatus"/>.</summary>
    public required string Status { get; init; }

    public string? FailureReason { get; init; }

    public bool Deleted => false;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public static Notification? Apply(Notification? state, IDomainEvent happened, DateTimeOffset at) => (happened, state) switch
    {
        (NotificationRequested e, _) => new Notification
        {
            NotificationId = e.NotificationId,
            UserId = e.UserId,
            Channel = e.Channel,
            Type = e.Type,
            Title = e.Title,
            Message = e.Message,
            Priority = e.Priority,
            Metadata = e.Metadata,
            Status = NotificationStatus.Requested,
            CreatedAt = at,
            UpdatedAt = at,
        },
        (NotificationSent, not null) => state with { Status = NotificationStatus.Sent, UpdatedAt = at },
        (NotificationFailed e, not null) => state with { Status = NotificationStatus.Failed, FailureReason = e.Reason, UpdatedAt = at },
        _ => state,
    };
}
