using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.ReadModels;

/// <summary>Moves the positions, then writes models, commands and outcomes.</summary>
internal sealed class ReadModelJob(IReadOnlyList<PositionMove> positions, ReadModelBatch batch) : WriteJob<FlushResult>
{
    public override bool Run(WriteContext context)
    {
        if (!context.Positions.Move(positions))
        {
            Result = FlushResult.Moved;
            return false;
        }

        batch.ForgottenCommands.ForEach(context.Commands.Forget);
        foreach (var model in batch.Models)
        {
            context.Models.Write(model);
            if (batch.Rebuilt)
            {
                context.SavedModels.Restore(model.Type, model.Id);
            }
        }

        foreach (var saved in batch.Saved)
        {
            context.SavedModels.Write(saved);
        }

        context.ListedEvents.Write(batch.Events, batch.KeepEvents);

        foreach (var command in batch.Commands)
        {
            context.Commands.Write(command);
            if (command.Outcome is { } outcome)
            {
                context.Commands.Write(outcome);
            }
        }

        foreach (var outcome in batch.Outcomes)
        {
            context.Commands.Write(outcome);
        }

        if (batch.ClearCommandsBefore > 0)
        {
            // What was there before is gone already.
            context.Commands.Clear(batch.ClearCommandsBefore, int.MaxValue);
        }

        Result = FlushResult.Committed;
        return true;
    }
}
