using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Bus;
using Workers.Contracts.Commands;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Reads;

/// <summary>Commands, one and many.</summary>
internal sealed class CommandReads(CommandLookup lookup, ParkedGlance glance, QueryBus queries)
{
    private static readonly string[] s_filters = ["type", "kind", "state", "key", "user_id", "correlation_id", "error_code", "q", "internal", .. ListQuery.Times];

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
        return await lookup.FindAsync(id, http.Request.Query["at"], Caller.Of(http).Name, http.RequestAborted)
            ?? throw new ProblemException(Problem.NotFound("Command"));
    }

    public Task ListAsync(HttpContext http) => ListAsync(http, door: null);

    /// <summary>Those that came by a door, with their <c>status</c>; by any.</summary>
    public async Task ListAsync(HttpContext http, string? door)
    {
        var query = new ListQuery(http.Request.Query).Only(s_filters);
        var (from, to) = query.Range();
        var (type, kind) = TypeOf(query);

        // The list has ends alone: what runs has not ended, and its outcome says that it runs. A page of those may be shorter than asked for.
        var state = StateOf(query);
        var onlyRunning = state == CommandState.Running;
        if (state == CommandState.Retrying)
        {
            await RetryingAsync(http, query, type, kind, from, to, door);
            return;
        }

        var page = await queries.Query(
            new ListCommands(new(
                type, kind, state, query.Text("key"), query.Text("user_id"), query.Text("correlation_id"), query.Text("error_code"),
                from, to, query.Text("q"), query.Limit, query.Cursor, query.Offset)
            {
                WithTotal = query.Cursor is null && !onlyRunning,
                Door = door,
                WithoutOwn = type is null && !query.Flag("internal"),
                OldestFirst = OldestFirst(query),
            }),
            http.RequestAborted);
        var ends = lookup.Ends([.. page.Items.Where(row => row.Outcome is null).Select(row => row.Id)]);
        var rows = onlyRunning ? [.. page.Items.Where(row => ends.TryGetValue(row.Id, out var one) && one.End.State == CommandState.Running)] : page.Items;
        var parked = rows.Any(row => row.Outcome is null && !ends.ContainsKey(row.Id)) ? glance.Look() : null;
        await JsonList.SendAsync(
            http, rows, page.NextCursor,
            (writer, row) =>
            {
                var (end, first) = ends.GetValueOrDefault(row.Id);
                CommandResource.Write(writer, new CommandView(row, end) { First = first, Parked = end is null ? parked?.GetValueOrDefault(row.Id) : null });
            },
            page.Total, page.IsEstimate);
    }

    /// <summary><c>type</c> takes a kind too, as the documents' paths do.</summary>
    private static (string? Type, string? Kind) TypeOf(ListQuery query)
    {
        var (type, kind) = (query.Text("type"), KindOf(query));
        return type is null || !CommandCatalog.Kinds.Contains(type) ? (type, kind)
            : kind is null || kind == type ? (null, type)
            : throw ListQuery.Bad("type", "type and kind name two kinds");
    }

    /// <summary>Those that wait for another attempt: partitions have set them aside, the list does not know of it.</summary>
    private Task RetryingAsync(HttpContext http, ListQuery query, string? type, string? kind, long? from, long? to, string? door)
    {
        var isOldestFirst = OldestFirst(query);
        var after = query.Cursor is not { } cursor ? (Guid?)null
            : Guid.TryParse(cursor, out var id) ? id : throw ListQuery.Bad("cursor", "cursor must be the next_cursor of an answer");
        var withoutOwn = type is null && !query.Flag("internal");
        var text = query.Text("q")?.Trim();
        var all = lookup.Parked();
        var found = all.Where(one => one.Attempts > 0).Select(lookup.Shown).Where(view => view.Row is var row
            && Is(type, row.Type) && Is(kind, row.Kind) && Is(door, row.Door)
            && !(withoutOwn && CommandQuery.OwnDoors.Contains(row.Door) && CommandQuery.OwnTypes.Contains(row.Type)) && Is(query.Text("key"), row.Key) && Is(query.Text("user_id"), row.UserId) && Is(query.Text("correlation_id"), row.CorrelationId)
            && Is(query.Text("error_code"), view.Parked!.ErrorType) && !(row.SubmittedMs < from) && !(row.SubmittedMs > to)
            && (text is null || row.Type.StartsWith(text, StringComparison.OrdinalIgnoreCase) || ((string?[])[row.Id.ToString(), row.CallerId, row.Key, row.CorrelationId, row.UserId]).Contains(text)))
            .OrderByDescending(view => view.Row.Id).ToList();
        if (isOldestFirst)
        {
            found.Reverse();
        }

        // What the page before ended with may run by now.
        var rest = found.Where(view => after is not { } last || (isOldestFirst ? view.Row.Id > last : view.Row.Id < last));
        var page = rest.Skip(after is null ? query.Offset : 0).Take(query.Limit).ToList();
        var next = page.Count > 0 && page[^1] != found[^1] ? page[^1].Row.Id.ToString() : null;
        return JsonList.SendAsync(http, page, next, CommandResource.Write, found.Count, isEstimate: all.Count == CommandLookup.MostParked, isIncomplete: all.Count == CommandLookup.MostParked);
    }

    private static bool Is(string? asked, string? value) => asked is null || asked == value;

    private static bool OldestFirst(ListQuery query) => query.Text("sort") switch
    {
        null or "-submitted_at" => false,
        "submitted_at" => true,
        _ => throw ListQuery.Bad("sort", "sort must be -submitted_at or submitted_at"),
    };

    private static string? KindOf(ListQuery query) => query.Text("kind") is not { } kind ? null
        : CommandCatalog.Kinds.Contains(kind) ? kind
        : throw ListQuery.Bad("kind", $"kind must be one of {string.Join(", ", CommandCatalog.Kinds)}");

    private static CommandState? StateOf(ListQuery query) => query.Text("state") is not { } name ? null
        : CommandStates.Find(name) ?? throw ListQuery.Bad("state", $"state must be one of {string.Join(", ", Enum.GetValues<CommandState>().Select(s => s.Name()))}");
}
