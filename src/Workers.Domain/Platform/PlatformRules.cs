using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>Commands without state: an entry in the audit trail, something done to the platform.</summary>
public static class PlatformRules
{
    public static Decision Decide(RecordAudit command) => Decision.Of(new AuditRecorded
    {
        EntityType = command.EntityType,
        EntityId = command.EntityId,
        Action = command.Action,
        Changes = command.Changes,
        UserId = command.UserId,
        IpAddress = command.IpAddress,
        UserAgent = command.UserAgent,
        Metadata = command.Metadata,
    });

    public static Decision Decide(RunSystemAction command) => Decision.Of(new SystemActionRun
    {
        Action = command.Action,
        Parameters = command.Parameters,
    });
}
