using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.MongoDb.Audit;

/// <summary>An entry as a document: its id, its chain, its place <c>n</c> there (from 1) and its hash, then its members.</summary>
internal static class AuditDocument
{
    /// <summary>As it is read back: text that a document cannot hold must not be hashed either.</summary>
    public static AuditEntry Storable(AuditEntry entry) => entry with
    {
        EntityType = Storable(entry.EntityType)!,
        EntityId = Storable(entry.EntityId)!,
        Action = Storable(entry.Action)!,
        Type = Storable(entry.Type)!,
        Kind = Storable(entry.Kind),
        UserId = Storable(entry.UserId),
        Actor = Storable(entry.Actor)!,
        ClientAddress = Storable(entry.ClientAddress),
        UserAgent = Storable(entry.UserAgent),
        Reason = Storable(entry.Reason),
        Outcome = Storable(entry.Outcome),
    };

    public static JsonObject Write(AuditEntry entry, ChainKey chain, long place, byte[] hash)
    {
        var document = new JsonObject
        {
            ["_id"] = Documents.Id(entry.Id),
            ["chain"] = chain.ToString(),
            ["n"] = place,
            ["hash"] = Documents.Binary(hash),
            ["topic"] = entry.Partition.Topic,
            ["part"] = entry.Partition.Number,
            ["off"] = entry.Offset,
            ["at"] = entry.AtMs,
            ["entity_type"] = entry.EntityType,
            ["entity_id"] = entry.EntityId,
            ["action"] = entry.Action,
            ["type"] = entry.Type,
            ["actor"] = entry.Actor,
            ["changes"] = Documents.Data(entry.Changes),
        };
        foreach (var (name, value) in new[]
        {
            ("kind", entry.Kind), ("command_id", Documents.IdOrNull(entry.CommandId)), ("user_id", entry.UserId), ("client", entry.ClientAddress),
            ("agent", entry.UserAgent), ("reason", entry.Reason), ("outcome", entry.Outcome),
        })
        {
            if (value is not null)
            {
                document.Add(name, value);
            }
        }

        return document;
    }

    public static AuditEntry Read(JsonElement document) => new(
        document.Guid("_id"), new PartitionId(document.Text("topic"), (int)document.Int64("part")), document.Int64("off"), document.Int64("at"),
        document.Text("entity_type"), document.Text("entity_id"), document.Text("action"), document.Text("type"), document.TextOrNull("kind"),
        document.GuidOrNull("command_id"), document.TextOrNull("user_id"), document.Text("actor"), document.TextOrNull("client"),
        document.TextOrNull("agent"), document.Bytes("changes"), document.TextOrNull("reason"), document.TextOrNull("outcome"), document.Bytes("hash"));

    private static string? Storable(string? text) => text?.Replace('\0', '\uFFFD');
}
