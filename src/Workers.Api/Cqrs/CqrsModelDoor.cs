using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Api.Cqrs;

/// <summary>Read models as document 001 has them: saved, read, listed, deleted; known by type and id.</summary>
internal sealed class CqrsModelDoor(
    SubmissionReader submissions, CommandDoor door, CqrsModels models, CqrsQueries queries, CqrsOptions cqrs, TimeProvider clock, ApiOptions options)
{
    private const string Path = CqrsEndpoints.Root + "/read-models";
    private const int MaxOffset = 10_000;
    private static readonly DoorRoute Saves = new("resource", "POST " + Path);
    private static readonly DoorRoute Deletes = new("resource", $"DELETE {Path}/{{id}}");

    /// <summary><c>{type, data, id, version}</c>; the id is the data's where it is not said, and made where there is none. Answers when it can be read.</summary>
    public async Task SaveAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "type", "data", "id", "version", "command_id", "metadata");
        var request = submissions.Info(http, Saves);
        var type = CqrsTypes.Read(body, "read model", cqrs.SupportedReadModelTypes);
        var (data, commandId) = (CqrsBody.RequiredData(body), CqrsBody.CommandId(body));
        var (said, inside) = (CqrsBody.Id(body, "id"), CqrsBody.IdIn(data, "id"));
        var command = CqrsBody.Valid(new SaveReadModel
        {
            ModelType = type,
            ModelId = said is not null && inside is not null && said != inside ? throw ListQuery.Bad("id", "id must be data.id")
                : said ?? inside ?? Made(request, commandId),
            Version = body.Whole("version", 1, int.MaxValue),
            Data = CqrsBody.Open(data),
            Metadata = CqrsBody.Metadata(body),
        });
        var submission = submissions.Make(CommandCatalog.Of<SaveReadModel>(), command, command.ModelId, commandId, request.IdempotencyKey, Saves, request);
        await door.SubmitAsync(http, Saves, request, submission, outcome => SavedAsync(http, command, outcome));
    }

    public async Task DeleteAsync(HttpContext http)
    {
        var id = Paths.Id(http, "id");
        var found = await FindAsync(http, id);
        var command = new DeleteReadModel { ModelId = id, ModelType = found.Type };
        var request = submissions.Info(http, Deletes);
        var submission = submissions.Make(CommandCatalog.Of<DeleteReadModel>(), command, id, null, request.IdempotencyKey, Deletes, request);
        await door.SubmitAsync(http, Deletes, request, submission, outcome => outcome.State != CommandState.Succeeded ? Task.CompletedTask
            : Shown.WaitAsync(async () => await models.FindAsync(found.Type, id, http.RequestAborted) is null, clock, http.RequestAborted));
    }

    /// <summary>Of the asked <c>type</c>, else the entity's own.</summary>
    public async Task OneAsync(HttpContext http)
    {
        var id = Paths.Id(http, "id");
        var type = new ListQuery(http.Request.Query).Only("type").Text("type");
        var derived = type is not null && await models.FindAsync(type, id, http.RequestAborted) is null ? await queries.DeriveAsync(type, id, http.RequestAborted) : null;
        var found = derived ?? await FindAsync(http, id);
        using var json = JsonAnswer.Rent();
        Write(json.Writer, found);
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    public async Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only("type");
        var (limit, offset) = (query.Limit, query.Offset);
        if (offset > MaxOffset)
        {
            throw ListQuery.Bad("offset", $"offset must be at most {MaxOffset}; go on with cursor");
        }

        var found = await models.ListAsync(query.Text("type") is { } type ? [type] : models.Types, offset + limit, query.Cursor, http.RequestAborted);
        var page = found.Skip(offset).Take(limit).ToList();
        var more = found.Count > offset + limit;
        await JsonList.SendAsync(http, page, more ? CqrsModels.CursorOf(page[^1]) : null, Write);
    }

    private async ValueTask<ShownModel> FindAsync(HttpContext http, string id)
    {
        var type = new ListQuery(http.Request.Query).Text("type");
        var found = type is null ? await models.FindAsync(id, http.RequestAborted) : await models.FindAsync(type, id, http.RequestAborted);
        return found ?? throw new ProblemException(Problem.NotFound("Read model"));
    }

    private async Task SavedAsync(HttpContext http, SaveReadModel command, Outcome outcome)
    {
        if (outcome.State != CommandState.Succeeded)
        {
            return;
        }

        http.Response.Headers.Location = outcome.Status == StatusCodes.Status201Created
            ? $"{Path}/{Uri.EscapeDataString(command.ModelId)}?type={Uri.EscapeDataString(command.ModelType)}" : default;
        var version = OutcomeBody.VersionOf(outcome.Body, created: false);
        await Shown.WaitAsync(
            async () => await models.FindAsync(command.ModelType, command.ModelId, http.RequestAborted) is { } shown && shown.Version >= version, clock, http.RequestAborted);
    }

    // The same at a repeat, which is known by its key.
    private string Made(RequestInfo request, string? commandId) => ((commandId ?? request.IdempotencyKey) is { } key
        ? Ids.OfCaller(request.Caller, nameof(SaveReadModel), key) : Ids.New(clock.GetUtcNow())).ToString();

    private static void Write(Utf8JsonWriter writer, ShownModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Id);
        writer.WriteString("type"u8, model.Type);
        writer.WriteNumber("version"u8, model.Version);
        writer.WriteRaw("data", model.Data);
        writer.WriteTime("updated_at", model.UpdatedMs);
        writer.WriteEndObject();
    }
}
