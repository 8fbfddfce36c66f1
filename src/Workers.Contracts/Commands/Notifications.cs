namespace Workers.Contracts.Commands;

[Command(Kind.Notification, "send", "notification")]
public sealed record SendNotification : ICommand
{
    [Key(Made = true)]
    public string NotificationId { get; init => field = value ?? ""; } = "";

    [Required, Id]
    public string UserId { get; init => field = value ?? ""; } = "";

    [Required, OneOf("email", "sms", "push", "webhook", "in_app")]
    public string Channel { get; init => field = value ?? ""; } = "";

    /// <summary>The notification's own kind, such as <c>welcome</c>; free.</summary>
    [Length(0, 100)]
    public string? Type { get; init; }

    [Required, Length(1, 200)]
    public string Title { get; init => field = value ?? ""; } = "";

    [Required, Length(1, 10_000)]
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>Without it <c>normal</c>.</summary>
    [OneOf("low", "normal", "high", "critical")]
    public string? Priority { get; init; }

    [Metadata]
    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>Whether a notification got out; sent by the effects.</summary>
[Command(Kind.Notification, "record_notification", "notification", Internal = true)]
public sealed record RecordNotification : ICommand
{
    [Key]
    public string NotificationId { get; init => field = value ?? ""; } = "";

    public bool Delivered { get; init; }

    public string? Reason { get; init; }
}
