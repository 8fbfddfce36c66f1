using Workers.Engine.Options;
using Workers.Engine.Projections;

namespace Workers.Handlers.Projections;

/// <summary>Cuts the lists of document 001 to their limits, the oldest first.</summary>
public sealed class ListPruning(ICqrsStore store, CqrsOptions options)
{
    public Task<CqrsRemoved> PruneAsync(CancellationToken cancellation) =>
        store.PruneAsync(new CqrsLimits(options.MaxCommands, options.MaxEvents, options.MaxReadModels), cancellation);
}
