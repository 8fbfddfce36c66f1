using System.Text.Json;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>An entry of the audit trail as lists and exports have it.</summary>
internal static class AuditJson
{
    public static void Write(Utf8JsonWriter writer, AuditEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, entry.Id);
        writer.WriteTime("at", entry.AtMs);
        writer.WriteString("entity_type"u8, entry.EntityType);
        writer.WriteString("entity_id"u8, entry.EntityId);
        writer.WriteString("action"u8, entry.Action);
        writer.WriteString("type"u8, entry.Type);
        writer.WriteText("kind", entry.Kind);
        if (entry.CommandId is { } command)
        {
            writer.WriteString("command_id"u8, command);
        }

        writer.WriteText("user_id", entry.UserId);
        writer.WriteString("actor"u8, entry.Actor);
        writer.WriteText("ip_address", entry.ClientAddress);
        writer.WriteText("user_agent", entry.UserAgent);
        writer.WriteRaw("changes", entry.Changes);
        writer.WriteText("reason", entry.Reason);
        writer.WriteText("outcome", entry.Outcome);
        if (entry.Hash is { } hash)
        {
            writer.WriteString("hash"u8, Convert.ToHexStringLower(hash));
        }

        writer.WriteEndObject();
    }
}
