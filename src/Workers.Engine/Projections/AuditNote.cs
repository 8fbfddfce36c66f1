using System.Text.Json;
using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;

namespace Workers.Engine.Projections;

/// <summary>
/// An entry in the audit trail for what is done without a command: an operator's act at a door, who was let in or turned away, what retention took. Whoever does
/// something appends it first, so that nothing is done untold.
/// </summary>
/// <param name="EntityType">What it is done to.</param>
/// <param name="Action">What is done.</param>
public sealed record AuditNote(string EntityType, string EntityId, string Action, Dictionary<string, JsonElement> Changes)
{
    /// <summary>With who did it, from where and why.</summary>
    public LogRecord Record(AuditSource source, string? reason, DateTimeOffset now)
    {
        var info = EventCatalog.Of<AuditRecorded>();
        var told = new AuditRecorded { EntityType = EntityType, EntityId = EntityId, Action = Action, Changes = Changes };
        return new LogRecord
        {
            Id = Ids.New(now),
            Topic = Topics.Events,
            Key = EntityId,
            TimestampMs = now.ToUnixTimeMilliseconds(),
            Headers = new HeaderWriter().Add(HeaderName.Type, info.Name).Add(HeaderName.Source, source.Caller).Add(HeaderName.Door, source.Door)
                .Add(HeaderName.Entity, info.Entity).Add(HeaderName.Reason, reason).Add(HeaderName.TraceParent, source.TraceParent)
                .Add(HeaderName.ClientAddress, source.ClientAddress).Add(HeaderName.UserAgent, source.UserAgent).Take(),
            Value = info.ToBytes(told),
        };
    }
}

/// <summary>Who does something, and from where.</summary>
/// <param name="Door">Where the caller came in.</param>
public sealed record AuditSource(string Caller, string Door, string? ClientAddress = null, string? UserAgent = null, string? TraceParent = null);
