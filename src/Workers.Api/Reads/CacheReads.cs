using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Cache;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>How well the cache of resources does, and filling it.</summary>
internal sealed class CacheReads(
    CachedRepositories repositories, CacheWarming warming, SubmissionReader submissions, ILog log, TimeProvider clock, ApiOptions options)
{
    private static readonly DoorRoute Warms = new("cache", "POST /api/v1/repositories/cache/warm");

    private const int Page = 1_000;
    private const int Most = 100_000;

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

    /// <summary>Reads the newest of each entity, <c>limit</c> of each (1,000 if not said), so that they are cached. The audit trail is told first.</summary>
    public async Task WarmAsync(HttpContext http)
    {
        var request = submissions.Info(http, Warms);
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "entities", "limit", "reason");
        var (entities, limit) = (body.Texts("entities") ?? [.. Resource.All.Select(known => known.Plural)], body.Whole("limit", 1, Most) ?? Page);
        var unknown = entities.Where(name => !Resource.All.Any(known => known.Plural == name)).ToList();
        if (unknown.Count > 0)
        {
            var sentence = $"entities has {string.Join(", ", unknown)}; there are {string.Join(", ", Resource.All.Select(known => known.Plural))}";
            throw new ProblemException(Problem.Validation(sentence, new FieldError("entities", sentence)));
        }

        var note = new AuditNote("cache", repositories.Backend, "warm", new()
        {
            ["entities"] = JsonSerializer.SerializeToElement(entities),
            ["limit"] = JsonSerializer.SerializeToElement(limit),
        });
        await log.AppendAsync(note.Record(request.Source(Warms), Reason.Of(body, request), clock.GetUtcNow()), CancellationToken.None);
        var warmed = new List<(string Entity, int Count)>();
        foreach (var resource in Resource.All.Where(known => entities.Contains(known.Plural)))
        {
            warmed.Add((resource.Plural, await warming.WarmAsync(resource.Noun, resource.Model, limit, http.RequestAborted)));
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
}
