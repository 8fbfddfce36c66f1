using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Engine.Cache;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Cqrs;

/// <summary>
/// One entity as its read model shows it, with what callers posted and saved. A read model follows the entity: where it is behind, or away, the entity's state is
/// the answer, so that whoever has written reads it.
/// </summary>
internal sealed class EntityQuery(CachedRepositories states, IResourceViews views, CqrsModels models, StateReaders readers, CqrsOptions options)
{
    public async Task<QueryAnswer> FindAsync(Resource resource, string id, CancellationToken cancellation)
    {
        var (row, hit) = await StateAsync(resource.Noun, id, cancellation);
        var deleted = row is not null && views.IsDeleted(resource.Noun, row);
        var model = await ModelAsync(resource.Model, id, row is not null && !deleted, cancellation);
        if (row is null || (model is not null && model.Version > row.Version))
        {
            return model is null ? QueryAnswer.NotFound(resource.Title) : QueryAnswer.Of(model.Data);
        }

        if (deleted)
        {
            return QueryAnswer.NotFound(resource.Title);
        }

        using var json = JsonAnswer.Rent();
        views.TryWrite(resource.Noun, row, json.Writer);
        var state = json.Written();
        return model is not null && model.Version == row.Version && !state.SequenceEqual(model.Data) ? QueryAnswer.Of(model.Data) : QueryAnswer.Of(state.ToArray(), hit);
    }

    private async ValueTask<(StateRow? Row, bool Hit)> StateAsync(string noun, string id, CancellationToken cancellation)
    {
        if (!options.CachingEnabled)
        {
            var key = new StateKey(noun, id);
            var found = new Dictionary<StateKey, StateRow>(1);
            using var loan = readers.Rent();
            loan.Reader.FindStates([key], found);
            return (found.GetValueOrDefault(key), false);
        }

        var cached = await states[noun].GetFromCache(id, cancellation);
        return (cached ?? await states[noun].GetById(id, cancellation), cached is not null);
    }

    private async ValueTask<ShownModel?> ModelAsync(string type, string id, bool hasState, CancellationToken cancellation)
    {
        try
        {
            return await models.FindAsync(type, id, cancellation);
        }
        catch (StoreUnavailableException) when (hasState)
        {
            return null;
        }
    }
}
