using Workers.Contracts.Events;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Handlers.Projections;

/// <summary>
/// Makes the read models anew from the stored events, which are kept for ever (the log is not), while the old ones serve and the follower goes on: a
/// model is replaced unless it is newer. What callers only posted, and the list of commands, are not in there and stay as they are. A stream that is begun
/// meanwhile may be missed: the follower reads it from the log, as it would have without a rebuild.
/// </summary>
public sealed class ProjectionRebuild(IStateStore states, IReadModelStore models, SensitiveMask mask)
{
    private const int Page = 1_000;

    /// <summary>How many models were written. Given up and run again it starts from the beginning; half a rebuild does no harm.</summary>
    public async Task<long> RunAsync(CancellationToken cancellation)
    {
        using var reader = states.OpenReader();
        var (seq, written) = (0L, 0L);
        while (reader.EventsAfter(seq, Page) is { Count: > 0 } events)
        {
            var batch = new ReadModelBatch { Rebuilt = true };
            foreach (var first in events.Where(e => e.Version == 1))
            {
                if (ModelTypes.OfEntity(first.Stream.Kind) is { } type && Fold(reader, type, first.Stream) is { } model)
                {
                    batch.Models.Add(model);
                }
            }

            await models.ApplyAsync([], batch, cancellation).ConfigureAwait(false);
            written += batch.Models.Count;
            seq = events[^1].Seq;
        }

        return written;
    }

    private ReadModel? Fold(IStateReader reader, ModelType type, StateKey stream)
    {
        var (state, version) = ((object?)null, 0L);
        while (reader.Events(stream, version + 1, Page) is { Count: > 0 } events)
        {
            foreach (var e in events)
            {
                var happened = EventCatalog.Find(e.Type)?.Read(e.Data);
                state = happened is null ? state : type.Fold(state, happened, DateTimeOffset.FromUnixTimeMilliseconds(e.AtMs));
                version = e.Version;
            }
        }

        return state is null ? null : type.Show(stream.Id, version, state, mask);
    }
}
