using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Bus;
using Workers.Contracts.Commands;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>The audit trail, newest first.</summary>
internal sealed class AuditReads(QueryBus queries, AuditExport export)
{
    private static readonly string[] s_filters = ["type", "entity_type", "entity_id", "key", "user_id", "command_id", "format", .. ListQuery.Times];

    /// <summary>All of it, by <c>type</c> (a name or a kind), <c>entity_type, entity_id</c> or <c>key, user_id, command_id, from, to</c>; a range is this with its two times.</summary>
    public Task ListAsync(HttpContext http) => ListAsync(http, new ListQuery(http.Request.Query).Text("type"));

    /// <summary>Of a command's name or kind; of what is neither, nothing.</summary>
    public Task ByTypeAsync(HttpContext http) => ListAsync(http, (string?)http.Request.RouteValues["type"]);

    public async Task OneAsync(HttpContext http)
    {
        var entry = await queries.Query(new FindAuditEntry(Paths.Ours(http, "Audit entry")), http.RequestAborted) ?? throw new ProblemException(Problem.NotFound("Audit entry"));
        using var json = JsonAnswer.Rent();
        AuditJson.Write(json.Writer, entry);
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    private async Task ListAsync(HttpContext http, string? type)
    {
        var format = AuditFormat.Of(http.Request);
        var query = new ListQuery(http.Request.Query).Only(format is null ? s_filters : [.. s_filters, "reason"]);
        var (from, to) = query.Range();
        var kind = type is not null && CommandCatalog.Kinds.Contains(type) ? type : null;
        var asked = new AuditQuery(
            kind is null ? type : null, kind, query.Text("entity_type"), query.Text("entity_id") ?? query.Text("key"), query.Text("user_id"), query.Id("command_id"), from, to,
            query.Limit, query.Cursor)
        {
            WithTotal = query.Cursor is null,
        };
        if (format is not null)
        {
            await export.SendAsync(http, asked, format);
            return;
        }

        var page = await queries.Query(new ListAudit(asked), http.RequestAborted);
        await JsonList.SendAsync(http, page.Items, page.NextCursor, AuditJson.Write, page.Total, page.IsEstimate);
    }
}
