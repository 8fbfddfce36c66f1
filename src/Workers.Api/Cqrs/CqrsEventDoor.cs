using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Cqrs;

/// <summary>Events that callers post, and the newest of all there are.</summary>
internal sealed class CqrsEventDoor(
    SubmissionReader submissions, CommandDoor door, CqrsTypes types, ICqrsStore store, TimeProvider clock, ApiOptions options)
{
    private const string Path = CqrsEndpoints.Root + "/events";
    private static readonly DoorRoute Publishes = new("resource", "POST " + Path);
    private static readonly string[] s_filters = ["type", "aggregate_id", .. ListQuery.Times];

    /// <summary><c>{type, data, aggregate_id, user_id}</c>; what it is about is found in the data where that is not said. Answers when it can be read.</summary>
    public async Task PublishAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "type", "data", "aggregate_id", "user_id", "command_id", "metadata");
        var request = submissions.Info(http, Publishes);
        var type = CqrsTypes.Read(body, "event", types.Events);
        var (data, commandId) = (CqrsBody.RequiredData(body), CqrsBody.CommandId(body));
        var command = CqrsBody.Valid(new PublishEvent
        {
            EventType = type,
            AggregateId = CqrsBody.Id(body, "aggregate_id") ?? AggregateOf(type, data) ?? Made(request, commandId),
            UserId = CqrsBody.Id(body, "user_id") ?? CqrsBody.IdIn(data, "user_id"),
            Data = CqrsBody.Open(data),
            Metadata = CqrsBody.Metadata(body),
        });
        var submission = submissions.Make(
            CommandCatalog.Of<PublishEvent>(), command, command.AggregateId, commandId, request.IdempotencyKey, Publishes, request);
        await door.SubmitAsync(http, Publishes, request, submission, outcome => ListedAsync(http, outcome));
    }

    public async Task OneAsync(HttpContext http)
    {
        var found = await store.FindEventAsync(Paths.Ours(http, "Event"), http.RequestAborted) ?? throw new ProblemException(Problem.NotFound("Event"));
        using var json = JsonAnswer.Rent();
        Write(json.Writer, found);
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    public async Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only(s_filters);
        var (from, to) = query.Range();
        var page = await store.ListEventsAsync(new EventQuery(query.Text("type"), query.Text("aggregate_id"), from, to, query.Limit, query.Cursor), http.RequestAborted);
        await JsonList.SendAsync(http, page.Items, page.NextCursor, Write);
    }

    private static string? AggregateOf(string type, JsonElement data) =>
        (EventCatalog.Find(type) is { } info ? CqrsBody.IdIn(data, info.Entity + "_id") : null) ?? CqrsBody.IdIn(data, "id");

    // The same at a repeat, which is known by its key.
    private string Made(RequestInfo request, string? commandId) => ((commandId ?? request.IdempotencyKey) is { } key
        ? Ids.OfCaller(request.Caller, nameof(PublishEvent), key) : Ids.New(clock.GetUtcNow())).ToString();

    private async Task ListedAsync(HttpContext http, Outcome outcome)
    {
        if (outcome.State != CommandState.Succeeded)
        {
            return;
        }

        using var document = JsonDocument.Parse(outcome.Body);
        var id = document.RootElement.GetProperty("event_id").GetGuid();
        http.Response.Headers.Location = $"{Path}/{id}";
        await Shown.WaitAsync(async () => await store.FindEventAsync(id, http.RequestAborted) is not null, clock, http.RequestAborted);
    }

    private static void Write(Utf8JsonWriter writer, ListedEvent e)
    {
        writer.WriteStartObject();
        writer.WriteString("event_id"u8, e.Id);
        writer.WriteString("id"u8, e.Id);
        writer.WriteString("type"u8, e.Type);
        writer.WriteText("entity", e.Entity);
        writer.WriteString("aggregate_id"u8, e.AggregateId);
        if (e.Version > 0)
        {
            writer.WriteNumber("version"u8, e.Version);
        }

        writer.WriteTime("at", e.AtMs);
        writer.WriteText("origin", e.External ? OpenEvents.External : null);
        writer.WriteText("user_id", e.UserId);
        writer.WriteText("correlation_id", e.CorrelationId);
        writer.WriteText("command_id", e.CommandId?.ToString());
        writer.WriteRaw("data", e.Data);
        writer.WriteEndObject();
    }
}
