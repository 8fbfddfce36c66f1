using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.Audit;

/// <summary>Moves the positions, then adds the entries.</summary>
internal sealed class AuditJob(IReadOnlyList<PositionMove> positions, IReadOnlyList<AuditEntry> entries) : WriteJob<FlushResult>
{
    public override bool Run(WriteContext context)
    {
        if (!context.Positions.Move(positions))
        {
            Result = FlushResult.Moved;
            return false;
        }

        context.Audit.Append(entries);
        Result = FlushResult.Committed;
        return true;
    }
}
