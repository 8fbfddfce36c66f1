using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Cache;
using Workers.Engine.Options;

namespace Workers.Api.Reads;

/// <summary>What keeps the entities, and the ways they are read and changed: document 002's repository types.</summary>
internal sealed class RepositoryReads(StorageKinds storage, CachedRepositories cached)
{
    private static readonly RepositoryType[] s_types =
    [
        new("mysql", "Primary transactional data storage", ["ACID compliance", "complex queries", "relationships"], ["user data", "payment records", "order management"]),
        new("mongodb", "Document-based storage for analytics", ["flexible schema", "aggregation", "full-text search"], ["product catalog", "audit logs", "analytics data"]),
        new("sqlite", "Keeps everything of the embedded shape in files beside the program", ["ACID transactions", "full-text search", "nothing to install"],
            ["one machine", "development and tests"]),
        new("cached", "Performance optimization with Redis", ["TTL-based expiration", "cache invalidation"], ["frequently accessed data", "session management"]),
        new("specification", "Flexible query building", ["composite specifications", "type-safe queries"], ["complex search", "filtering", "reporting"]),
        new("transactional", "Changes several entities or none", ["unit of work", "savepoint for each command", "one commit for a batch"],
            ["commands", "flows"]),
    ];

    public Task ListAsync(HttpContext http) => JsonList.SendAsync(http, s_types, null, Write);

    public Task OneAsync(HttpContext http)
    {
        var name = (string)http.Request.RouteValues["type"]!;
        var type = Array.Find(s_types, type => type.Name == name) ?? throw new ProblemException(Problem.NotFound("Repository type"));
        using var json = JsonAnswer.Rent();
        Write(json.Writer, type);
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    private void Write(Utf8JsonWriter writer, RepositoryType type)
    {
        var missing = Missing(type.Name);
        writer.WriteStartObject();
        writer.WriteString("type"u8, type.Name);
        writer.WriteBoolean("available"u8, missing is null);
        writer.WriteBoolean("active"u8, missing is null);
        writer.WriteText("reason", missing);
        writer.WriteString("purpose"u8, type.Purpose);
        writer.WriteTexts("features", type.Features);
        writer.WriteTexts("use_cases", type.UseCases);
        writer.WriteEndObject();
    }

    /// <summary>Why it is not there; null where it is.</summary>
    private string? Missing(string name) => name switch
    {
        "mysql" when storage.State != "mysql" => $"Not configured: state is kept in {storage.State}; Workers:MySql:ConnectionString chooses MySQL",
        "mongodb" when storage.ReadModels != "mongodb" =>
            $"Not configured: read models and audit are kept in {storage.ReadModels}; Workers:MongoDb:ConnectionString chooses MongoDB",
        "sqlite" when storage.State != "sqlite" && storage.ReadModels != "sqlite" =>
            $"Not configured: state is kept in {storage.State}, read models and audit in {storage.ReadModels}",
        "cached" when cached.Backend == "none" => "Not configured: several processes share a cache in Redis; Workers:Redis:ConnectionString chooses it",
        _ => null,
    };

    private sealed record RepositoryType(string Name, string Purpose, string[] Features, string[] UseCases);
}
