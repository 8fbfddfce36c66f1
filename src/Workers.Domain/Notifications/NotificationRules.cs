using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>A notification is asked for once and then sent or not.</summary>
public static class NotificationRules
{
    public const string DefaultPriority = "normal";

    private const string What = "Notification";

    public static Decision Decide(Notification? state, SendNotification command) => state is not null
        ? Refusal.AlreadyExists(What)
        : Decision.Of(new NotificationRequested
        {
            NotificationId = command.NotificationId,
            UserId = command.UserId,
            Channel = command.Channel,
            Type = string.IsNullOrEmpty(command.Type) ? null : command.Type,
            Title = command.Title,
            Message = command.Message,
            Priority = string.IsNullOrEmpty(command.Priority) ? DefaultPriority : command.Priority,
            Metadata = command.Metadata,
        });

    /// <summary>How it went; told again it changes nothing.</summary>
    public static Decision Decide(Notification? state, RecordNotification command) => state switch
    {
        null => Refusal.NotFound(What),
        { Status: not NotificationStatus.Requested } => Decision.Nothing,
        _ when command.Delivered => Decision.Of(new NotificationSent { NotificationId = state.NotificationId, UserId = state.UserId }),
        _ => Decision.Of(new NotificationFailed
        {
            NotificationId = state.NotificationId,
            UserId = state.UserId,
            Reason = command.Reason ?? "Not delivered",
        }),
    };
}
