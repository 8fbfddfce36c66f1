using System.Collections.Frozen;
using Workers.Engine.Cache;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;

namespace Workers.Api.Reads;

/// <summary>The repositories that resources are read from.</summary>
internal sealed class ResourceRepositories(CachedRepositories states, IResourceViews views, IReadModelStore models)
{
    private readonly FrozenDictionary<Resource, ISpecificationRepository<ResourceDocument>> _repositories = Resource.All.ToFrozenDictionary(
        resource => resource,
        resource => (ISpecificationRepository<ResourceDocument>)new ResourceRepository(states[resource.Noun], resource.Model, views, models));

    public ISpecificationRepository<ResourceDocument> Of(Resource resource) => _repositories[resource];
}
