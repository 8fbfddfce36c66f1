using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Cache;
using Workers.Engine.Options;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>How well the cache of resources does, and filling it.</summary>
internal sealed class CacheReads(CachedRepositories repositories, IReadModelStore models, ApiOptions options)
{
    private const int Page = 1_000;
    private const int Most = 100_000;

    private static readonly (string Entity, Resource Resource)[] s_entities =
        [("users", Resource.User), ("payments", Resource.Payment), ("orders", Resource.Order), ("products", Resource.Product)];

    /// <summary>Hits and misses of this process; entries and evictions of the cache.</summary>
    public async Task StatsAsync(HttpContext http)
    {
        var size = await repositories.SizeAsync(http.RequestAborted);
        var (hits, misses) = (repositories.All.Sum(repository => repository.Hits), repositories.All.Sum(repository => repository.Misses));
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteNumber("hits"u8, hits);
        writer.WriteNumber("misses"u8, misses);
        writer.WriteNumber("hit_ratio"u8, hits == 0 ? 0 : Math.Round((decimal)hits / (hits + misses), 4));
        writer.WriteNumber("entries"u8, size.Entries);
        writer.WriteNumber("evictions"u8, size.Evictions);
        writer.WriteNumber("invalidations"u8, size.Invalidations);
        writer.WriteNumber("ttl_seconds"u8, (long)repositories.Ttl.TotalSeconds);
        writer.WriteString("backend"u8, repositories.Backend);
        writer.WriteEndObject();
        http.Response.Headers.CacheControl = "no-store";
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>Reads the newest of each entity, <c>limit</c> of each (1,000 if not said), so that they are cached.</summary>
    public async Task WarmAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "entities", "limit");
        var (entities, limit) = (body.Texts("entities") ?? [.. s_entities.Select(known => known.Entity)], body.Whole("limit", 1, Most) ?? Page);
        var unknown = entities.Where(name => !Array.Exists(s_entities, known => known.Entity == name)).ToList();
        if (unknown.Count > 0)
        {
            var sentence = $"entities has {string.Join(", ", unknown)}; there are {string.Join(", ", s_entities.Select(known => known.Entity))}";
            throw new ProblemException(Problem.Validation(sentence, new FieldError("entities", sentence)));
        }

        var warmed = new List<(string Entity, int Count)>();
        foreach (var (entity, resource) in s_entities.Where(known => entities.Contains(known.Entity)))
        {
            warmed.Add((entity, await WarmAsync(resource, limit, http.RequestAborted)));
        }

        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteStartObject("warmed"u8);
        warmed.ForEach(one => writer.WriteNumber(one.Entity, one.Count));
        writer.WriteEndObject();
        writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private async Task<int> WarmAsync(Resource resource, int limit, CancellationToken cancellation)
    {
        var (count, cursor) = (0, (string?)null);
        do
        {
            var page = await models.ListAsync(
                new ReadModelQuery(resource.Model, new Dictionary<string, string>(), null, Math.Min(limit - count, Page), cursor, 0, false, false), cancellation);
            foreach (var model in page.Items)
            {
                await repositories[resource.Noun].GetById(model.Id, cancellation);
            }

            (count, cursor) = (count + page.Items.Count, page.NextCursor);
        }
        while (cursor is not null && count < limit);

        return count;
    }
}
