using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Bus;
using Workers.Contracts.Commands;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>The audit trail, newest first.</summary>
internal sealed class AuditReads(QueryBus queries)
{
    private static readonly string[] s_filters = ["type", "entity_type", "entity_id", "user_id", "command_id", .. ListQuery.Times];

    /// <summary>All of it, by <c>type</c> (a name or a kind), <c>entity_type, entity_id, user_id, command_id, from, to</c>; a range is this with its two times.</summary>
    public Task ListAsync(HttpContext http) => ListAsync(http, new ListQuery(http.Request.Query).Text("type"));

    /// <summary>Of a command's name or kind; of what is neither, nothing.</summary>
    public Task ByTypeAsync(HttpContext http) => ListAsync(http, (string?)http.Request.RouteValues["type"]);

    public async Task OneAsync(HttpContext http)
    {
        var entry = await queries.Query(new FindAuditEntry(Paths.Ours(http, "Audit entry")), http.RequestAborted) ?? throw new ProblemException(Problem.NotFound("Audit entry"));
        using var json = JsonAnswer.Rent();
        Write(json.Writer, entry);
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private async Task ListAsync(HttpContext http, string? type)
    {
        var query = new ListQuery(http.Request.Query).Only(s_filters);
        var (from, to) = query.Range();
        var kind = type is not null && CommandCatalog.Kinds.Contains(type) ? type : null;
        var page = await queries.Query(
            new ListAudit(new(
                kind is null ? type : null, kind, query.Text("entity_type"), query.Text("entity_id"), query.Text("user_id"), query.Id("command_id"), from, to, query.Limit, query.Cursor)),
            http.RequestAborted);
        await JsonList.SendAsync(http, page.Items, page.NextCursor, Write, page.Total);
    }

    private static void Write(Utf8JsonWriter writer, AuditEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, entry.Id);
        writer.WriteTime("at", entry.AtMs);
        writer.WriteString("entity_type"u8, entry.EntityType);
        writer.WriteString("entity_id"u8, entry.EntityId);
        writer.WriteString("action"u8, entry.Action);
        writer.WriteString("type"u8, entry.Type);
        writer.WriteText("kind", entry.Kind);
        if (entry.CommandId is { } command)
        {
            writer.WriteString("command_id"u8, command);
        }

        writer.WriteText("user_id", entry.UserId);
        writer.WriteString("actor"u8, entry.Actor);
        writer.WriteText("ip_address", entry.ClientAddress);
        writer.WriteText("user_agent", entry.UserAgent);
        writer.WriteRaw("changes", entry.Changes);
        writer.WriteText("reason", entry.Reason);
        writer.WriteText("outcome", entry.Outcome);
        if (entry.Hash is { } hash)
        {
            writer.WriteString("hash"u8, Convert.ToHexStringLower(hash));
        }

        writer.WriteEndObject();
    }
}
