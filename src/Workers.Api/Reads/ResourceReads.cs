using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Bus;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>Users, orders, payments and products: one from its state, so that what was written is read; many from the read models.</summary>
internal sealed class ResourceReads(ResourceRepositories repositories, StateReaders readers, IResourceViews views, QueryBus queries, IDataMask mask)
{
    /// <summary>As it is now, or as its events had made it by a <c>version</c> or a time (<c>at</c>).</summary>
    public async Task OneAsync(HttpContext http, Resource resource)
    {
        var id = Paths.Id(http, resource.IdName);
        var query = new ListQuery(http.Request.Query);
        var (version, at) = (query.Whole("version", 1, int.MaxValue), query.Time("at"));
        var found = version is null && at is null
            ? await repositories.Of(resource).GetById(id, http.RequestAborted)
            : await ThenAsync(resource, id, version, at, http.RequestAborted);
        if (found is null)
        {
            throw new ProblemException(Problem.NotFound(resource.Title));
        }

        http.Response.Headers.ETag = RequestHeaders.Tag(found.Version);
        var status = RequestHeaders.HasVersion(http.Request, found.Version) ? StatusCodes.Status304NotModified : StatusCodes.Status200OK;
        await JsonAnswer.SendAsync(http, status, found.Data.Span);
    }

    /// <summary>A page; filters are the resource's fields.</summary>
    public Task ListAsync(HttpContext http, Resource resource) => ListAsync(http, resource, null, null);

    /// <summary>The same of one owner or category, named in the path; of an unknown one it is empty.</summary>
    public Task ListOfAsync(HttpContext http, Resource resource, string field) => ListAsync(http, resource, (field, (string)http.Request.RouteValues[field]!), null);

    /// <summary><c>q</c> over names and e-mail addresses; <c>name</c> and <c>email</c> exactly.</summary>
    public Task SearchAsync(HttpContext http, Resource resource)
    {
        var query = new ListQuery(http.Request.Query).Only([.. resource.Filters, "q"]);
        var text = query.Text("q")?.Trim();
        return string.IsNullOrEmpty(text) && (query.Has("q") || !resource.Filters.Any(query.Has))
            ? throw ListQuery.Bad("q", "q is required")
            : ListAsync(http, resource, null, text);
    }

    /// <summary>An order's history in the order of its versions, of one <c>type</c> if asked for; of a deleted one only with <c>include_deleted=true</c>.</summary>
    public Task EventsAsync(HttpContext http, Resource resource)
    {
        var id = Paths.Id(http, resource.IdName);
        var query = new ListQuery(http.Request.Query).Only("type", "include_deleted");
        var (limit, only, after) = (query.Limit, query.Text("type"), Cursors.Read(query.Cursor)?.Ms ?? 0);
        using var loan = readers.Rent();
        if (Find(loan.Reader, resource, id) is not { } row || (views.IsDeleted(resource.Noun, row) && !query.Flag("include_deleted")))
        {
            throw new ProblemException(Problem.NotFound(resource.Title));
        }

        var events = loan.Reader.Events(new StateKey(resource.Noun, id), after + 1, limit);
        var next = events.Count == limit && events[^1].Version < row.Version ? Cursors.Of(events[^1].Version, id) : null;
        return JsonList.SendAsync(http, only is null ? events : [.. events.Where(happened => happened.Type == only)], next, (writer, happened) =>
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, happened.Type);
            writer.WriteNumber("version"u8, happened.Version);
            writer.WriteTime("at", happened.AtMs);
            writer.WriteString("command_id"u8, happened.CommandId);
            writer.WriteRaw("data", mask.Apply(happened.Data, null));
            writer.WriteEndObject();
        });
    }

    private async Task ListAsync(HttpContext http, Resource resource, (string Field, string Value)? of, string? text)
    {
        var query = new ListQuery(http.Request.Query).Only(text is null ? resource.Filters : [.. resource.Filters, "q"]);
        var filters = resource.Filters.Where(query.Has).ToDictionary(name => name, name => query.Text(name) ?? "");
        if (of is { } owner)
        {
            filters[owner.Field] = owner.Value;
        }

        var window = new ListWindow(query.Limit, query.Offset, query.Cursor, Ascending(query), WithTotal: query.Cursor is null);
        var page = await queries.Query(new ListResources(resource, filters, text, window), http.RequestAborted);
        await JsonList.SendAsync(
            http, page.Items, page.NextCursor, static (writer, found) => writer.WriteRawValue(found.Data.Span, skipInputValidation: true), page.Total);
    }

    private async ValueTask<ResourceDocument?> ThenAsync(Resource resource, string id, int? version, long? at, CancellationToken cancellation)
    {
        var key = new StateKey(resource.Noun, id);
        using var loan = readers.Rent();
        if (Find(loan.Reader, resource, id) is not { } now || version > now.Version || views.IsDeleted(resource.Noun, now))
        {
            return null;
        }

        var then = at is null
            ? await queries.Query(new StateAt(key, version!.Value), cancellation)
            : views.Fold(resource.Noun, Queries.History(loan.Reader, key).TakeWhile(row => !(row.Version > version) && !(row.AtMs > at)));
        using var json = JsonAnswer.Rent();
        return then is not null && views.TryWrite(resource.Noun, then, json.Writer) ? new ResourceDocument(id, then.Version, json.Written().ToArray()) : null;
    }

    private static StateRow? Find(IStateReader reader, Resource resource, string id)
    {
        var key = new StateKey(resource.Noun, id);
        var found = new Dictionary<StateKey, StateRow>(1);
        reader.FindStates([key], found);
        return found.GetValueOrDefault(key);
    }

    private static bool Ascending(ListQuery query) => query.Text("sort") switch
    {
        null or "-created_at" => false,
        "created_at" => true,
        _ => throw ListQuery.Bad("sort", "sort must be created_at or -created_at"),
    };
}
