using System.Text.Json;

namespace Workers.Domain.Views;

/// <summary>A user as a resource.</summary>
public static class UserView
{
    private static readonly HashSet<string> Own =
        new(StringComparer.Ordinal) { "id", "user_id", "name", "email", "age", "username", "attributes", "metadata", "version", "created_at", "updated_at" };

    public static void Write(Utf8JsonWriter writer, User user, long version)
    {
        writer.WriteStartObject();
        writer.WriteId("user_id", user.UserId);
        writer.WriteText("name", user.Name);
        writer.WriteText("email", user.Email);
        if (user.Age is { } age)
        {
            writer.WriteNumber("age"u8, age);
        }

        writer.WriteText("username", user.Username);
        writer.WriteOpen("attributes", user.Attributes);
        foreach (var (name, value) in user.More ?? [])
        {
            // Open data never stands in for a member of the resource.
            if (!Own.Contains(name))
            {
                writer.WriteOpenMember(name, value);
            }
        }

        writer.WriteTexts("metadata", user.Metadata);
        writer.WriteVersion(version, user.CreatedAt, user.UpdatedAt);
        writer.WriteEndObject();
    }
}
