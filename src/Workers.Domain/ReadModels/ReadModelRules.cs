using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Domain;

/// <summary>What may be saved over what is there.</summary>
public static class ReadModelRules
{
    /// <param name="saved">What was saved last; null for nothing.</param>
    /// <param name="projected">How far the entity's events have come; 0 where it has none.</param>
    /// <param name="command">The version it asks for must be above the events' and not below the saved one; without it the model gets the next one.</param>
    public static Decision Decide(SavedReadModel? saved, long projected, SaveReadModel command)
    {
        var before = saved?.Version ?? 0;
        return command.Version is { } asked && (asked <= projected || asked < before)
            ? new Refusal(Refusal.VersionConflictCode, $"Version {asked} is not above {Math.Max(projected, before)}, which is there", 409)
            : Decision.Of(new ReadModelSaved
            {
                ModelId = command.ModelId,
                ModelType = command.ModelType,
                Version = command.Version ?? Math.Max(before, projected) + 1,
                Data = command.Data,
            });
    }

    /// <param name="projected">How far the entity's events have come: what they make later is shown again.</param>
    public static Decision Decide(long projected, DeleteReadModel command) =>
        Decision.Of(new ReadModelDeleted { ModelId = command.ModelId, ModelType = command.ModelType, Version = projected });
}
