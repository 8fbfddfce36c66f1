using System.Text.Json;

namespace Workers.Domain.Views;

/// <summary>A notification as a resource.</summary>
public static class NotificationView
{
    public static void Write(Utf8JsonWriter writer, Notification notification, long version)
    {
        writer.WriteStartObject();
        writer.WriteId("notification_id", notification.NotificationId);
        writer.WriteString("user_id"u8, notification.UserId);
        writer.WriteString("channel"u8, notification.Channel);
        writer.WriteText("type", notification.Type);
        writer.WriteString("title"u8, notification.Title);
        writer.WriteString("message"u8, notification.Message);
        writer.WriteString("priority"u8, notification.Priority);
        writer.WriteString("status"u8, notification.Status);
        writer.WriteText("failure_reason", notification.FailureReason);
        writer.WriteTexts("metadata", notification.Metadata);
        writer.WriteVersion(version, notification.CreatedAt, notification.UpdatedAt);
        writer.WriteEndObject();
    }
}
