using Workers.Engine.Store;

namespace Workers.Conformance.Store;

/// <summary>Short forms of what the tests do all the time.</summary>
internal static class StoreReading
{
    public static StateRow? Find(this IStateStore store, StateKey key)
    {
        using var reader = store.OpenReader();
        var found = new Dictionary<StateKey, StateRow>();
        reader.FindStates([key], found);
        return found.GetValueOrDefault(key);
    }

    public static Dictionary<Guid, Outcome> Outcomes(this IStateStore store, params Guid[] ids)
    {
        using var reader = store.OpenReader();
        var found = new Dictionary<Guid, Outcome>();
        reader.FindOutcomes(ids, found);
        return found;
    }

    /// <summary>Writes flushes one after the other, as the owner of the first partition.</summary>
    public static async Task<Func<Action<Flush>, Task<FlushResult>>> WriterAsync(this IStateStore store)
    {
        var row = await store.TakeAsync("commands", Sample.Commands0, CancellationToken.None);
        return async fill =>
        {
            var turn = (await store.PositionAsync("commands", Sample.Commands0, CancellationToken.None))!.Turn;
            var flush = Sample.Flush(turn, row.Epoch);
            fill(flush);
            return await store.FlushAsync(flush);
        };
    }
}
