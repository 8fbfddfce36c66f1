using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Audit;

/// <summary>
/// What a record is in the audit trail. A command says what was asked for, by whom, from where and why (<c>action</c> is its verb); an event what
/// changed (<c>created</c>, <c>stock_reserved</c>); the last event of a command that succeeded has its outcome too; any other outcome (<c>CommandCompleted</c>) is
/// an entry <c>outcome</c>. All name the command, which ties them.
/// </summary>
internal static class AuditEntries
{
    private const string Unknown = "unknown";
    private const string OutcomeAction = "outcome";

    /// <exception cref="JsonException">Its data are no JSON object.</exception>
    public static AuditEntry OfCommand(LogRecord record, SensitiveMask mask)
    {
        var type = record.Headers.Get(HeaderName.Type) ?? Unknown;
        var info = CommandCatalog.Find(type);
        var entry = Described(record, info?.Noun ?? Unknown, info?.Action ?? type, type, info?.Kind, mask.Apply(record.Value, info?.Type));
        return entry with { CommandId = record.Id, Reason = entry.Reason ?? Reason(record.Value.Span) };
    }

    /// <exception cref="JsonException">Its data are no JSON object, or not that event.</exception>
    public static AuditEntry OfEvent(LogRecord record, SensitiveMask mask)
    {
        var type = record.Headers.Get(HeaderName.Type) ?? Unknown;
        var info = EventCatalog.Find(type);
        var name = EventName.Of(type, info?.Entity ?? record.Headers.Get(HeaderName.Entity) ?? Unknown);
        var entry = Described(record, name.Entity, name.Action, type, name.Kind, mask.Apply(record.Value, info?.Type)) with
        {
            CommandId = Guid.TryParse(record.Headers.Get(HeaderName.Command), out var command) ? command : null,
            Outcome = record.Headers.Has(HeaderName.Completed) ? CommandState.Succeeded.Name() : null,
        };
        if (info?.Type == typeof(CommandCompleted))
        {
            return Outcome(entry, (CommandCompleted)info.Read(record.Value.Span));
        }

        // What was done to the platform says why in its own data, where no header does.
        return info?.Type == typeof(AuditRecorded) ? Recorded(entry, (AuditRecorded)info.Read(record.Value.Span), mask)
            : info is { IsAnnounced: true } ? entry with { Reason = entry.Reason ?? Reason(record.Value.Span) }
            : entry;
    }

    private static AuditEntry Described(LogRecord record, string entity, string action, string type, string? kind, byte[] changes) => new(
        record.Id, record.Where, record.Offset, record.TimestampMs, entity, record.Key, action, type, kind, null, record.Headers.Get(HeaderName.UserId),
        record.Headers.Get(HeaderName.Source) ?? "anonymous", record.Headers.Get(HeaderName.ClientAddress), record.Headers.Get(HeaderName.UserAgent),
        changes, record.Headers.Get(HeaderName.Reason), null, null);

    private static AuditEntry Outcome(AuditEntry entry, CommandCompleted completed) => entry with
    {
        EntityType = CommandCatalog.Find(completed.CommandType)?.Noun ?? Unknown,
        Action = OutcomeAction,
        Type = completed.CommandType,
        Kind = completed.Kind,
        CommandId = Guid.TryParse(completed.CommandId, out var id) ? id : entry.CommandId,
        UserId = completed.UserId ?? entry.UserId,
        Outcome = completed.State,
    };

    /// <summary>A caller's own entry: what it says stands in the columns.</summary>
    private static AuditEntry Recorded(AuditEntry entry, AuditRecorded recorded, SensitiveMask mask) => entry with
    {
        EntityType = recorded.EntityType,
        EntityId = recorded.EntityId,
        Action = recorded.Action,
        UserId = recorded.UserId ?? entry.UserId,
        ClientAddress = recorded.IpAddress ?? entry.ClientAddress,
        UserAgent = recorded.UserAgent ?? entry.UserAgent,
        Changes = recorded.Changes is null ? "{}"u8.ToArray() : mask.Apply(JsonText.Of(recorded.Changes), null),
    };

    /// <summary>The member <c>reason</c> of a command's data.</summary>
    private static string? Reason(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("reason"u8);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }

            reader.Skip();
        }

        return null;
    }
}
