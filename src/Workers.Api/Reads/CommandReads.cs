using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Bus;
using Workers.Contracts.Commands;
using Workers.Engine.Store;

namespace Workers.Api.Reads;

/// <summary>Commands, one and many.</summary>
internal sealed class CommandReads(CommandLookup lookup, QueryBus queries)
{
    private static readonly string[] s_filters = ["type", "kind", "state", "key", "user_id", "correlation_id", "error_code", "q", .. ListQuery.Times];

    public async Task OneAsync(HttpContext http)
    {
        var view = await FindAsync(http);
        using var json = JsonAnswer.Rent();
        CommandResource.Write(json.Writer, view);
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>The command of the path's id.</summary>
    /// <exception cref="ProblemException">It is no id, or nobody's.</exception>
    public async ValueTask<CommandView> FindAsync(HttpContext http)
    {
        var id = Paths.Id(http, "command_id");
        return await lookup.FindAsync(id, http.Request.Query["at"], Access.CallerOf(http), http.RequestAborted)
            ?? throw new ProblemException(Problem.NotFound("Command"));
    }

    public async Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only(s_filters);
        var (from, to) = query.Range();
        var (type, kind) = TypeOf(query);
        Sorted(query);
        var page = await queries.Query(
            new ListCommands(new(
                type, kind, StateOf(query), query.Text("key"), query.Text("user_id"), query.Text("correlation_id"), query.Text("error_code"),
                from, to, query.Text("q"), query.Limit, query.Cursor, query.Offset)),
            http.RequestAborted);
        var ends = lookup.Ends([.. page.Items.Where(row => row.Outcome is null).Select(row => row.Id)]);
        await JsonList.SendAsync(
            http, page.Items, page.NextCursor,
            (writer, row) =>
            {
                var (end, first) = ends.GetValueOrDefault(row.Id);
                CommandResource.Write(writer, new CommandView(row, end) { First = first });
            },
            page.Total);
    }

    /// <summary><c>type</c> takes a kind too, as the documents' paths do.</summary>
    private static (string? Type, string? Kind) TypeOf(ListQuery query)
    {
        var (type, kind) = (query.Text("type"), KindOf(query));
        return type is null || !CommandCatalog.Kinds.Contains(type) ? (type, kind)
            : kind is null || kind == type ? (null, type)
            : throw ListQuery.Bad("type", "type and kind name two kinds");
    }

    private static void Sorted(ListQuery query)
    {
        if (query.Text("sort") is not (null or "-submitted_at"))
        {
            throw ListQuery.Bad("sort", "sort must be -submitted_at");
        }
    }

    private static string? KindOf(ListQuery query) => query.Text("kind") is not { } kind ? null
        : CommandCatalog.Kinds.Contains(kind) ? kind
        : throw ListQuery.Bad("kind", $"kind must be one of {string.Join(", ", CommandCatalog.Kinds)}");

    private static CommandState? StateOf(ListQuery query) => query.Text("state") is not { } name ? null
        : CommandStates.Find(name) ?? throw ListQuery.Bad("state", $"state must be one of {string.Join(", ", Enum.GetValues<CommandState>().Select(s => s.Name()))}");
}
