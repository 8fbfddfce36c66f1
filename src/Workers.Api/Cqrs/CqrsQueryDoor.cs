using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Projections;

namespace Workers.Api.Cqrs;

/// <summary>Queries as document 001 has them: answered at once, and readable by their id as long as there is room.</summary>
internal sealed class CqrsQueryDoor(
    CqrsTypes types, CqrsQueries queries, QueryTable table, IDataMask mask, ControlFeed control, TimeProvider clock, ApiOptions options, IOutsideQueries? outside = null)
{
    private static readonly JsonElement s_nothing = JsonDocument.Parse("{}").RootElement.Clone();

    /// <summary><c>{type, data, query_id}</c>; <c>parameters</c> is <c>data</c> too.</summary>
    public async Task AskAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, "type", "data", "parameters", "query_id", "id", "command_id", "metadata");
        var type = CqrsTypes.Read(body, "query", types.Queries);
        var data = CqrsBody.Data(body) ?? CqrsBody.Data(body, "parameters") ?? s_nothing;
        var (now, since) = (clock.GetUtcNow(), clock.GetTimestamp());
        var query = new AskedQuery(
            CqrsBody.Id(body, "query_id") ?? CqrsBody.Id(body, "id") ?? Ids.New(now).ToString(), type, Encoding.UTF8.GetBytes(data.GetRawText()), AskedQuery.Failed, [],
            null, null, 0, false, now.ToUnixTimeMilliseconds());
        try
        {
            var answer = await AnswerAsync(query, data, Caller.Of(http).Name, http.RequestAborted);
            query = query with
            {
                Status = answer.Missing is null ? AskedQuery.Completed : AskedQuery.NotFound,
                Result = answer.Json?.ToArray() ?? [],
                Cached = answer.Cached,
                Code = answer.Missing is null ? null : "NOT_FOUND",
                Error = answer.Missing,
                DurationMs = Ms(since),
            };
        }
        catch (ProblemException refused) when (refused.Problem.Status != StatusCodes.Status400BadRequest)
        {
            Keep(query with { Code = refused.Problem.Code, Error = refused.Problem.Error, DurationMs = Ms(since) });
            throw new ProblemException(refused.Problem with { QueryId = query.Id });
        }

        Keep(query);
        if (query.Status == AskedQuery.NotFound)
        {
            throw new ProblemException(new Problem(StatusCodes.Status404NotFound, query.Code!, query.Error!) { QueryId = query.Id });
        }

        using var json = JsonAnswer.Rent();
        json.Writer.WriteStartObject();
        WriteAnswer(json.Writer, query);
        json.Writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    public Task OneAsync(HttpContext http)
    {
        var query = table.Find(Paths.Id(http, "query_id")) ?? throw new ProblemException(Problem.NotFound("Query"));
        using var json = JsonAnswer.Rent();
        Write(json.Writer, query);
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>Newest first.</summary>
    public Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only("type", "status");
        var before = query.Cursor is null ? long.MaxValue : Cursors.Read(query.Cursor)!.Value.Ms;
        var (limit, offset) = (query.Limit, query.Offset);
        var found = table.List(query.Text("type"), query.Text("status"), before, (int)Math.Min(int.MaxValue, offset + limit + 1L)).Skip(offset).ToList();
        var page = found.Take(limit).ToList();
        return JsonList.SendAsync(http, page, found.Count > limit ? Cursors.Of(page[^1].Seq, page[^1].Id) : null, Write);
    }

    private async ValueTask<QueryAnswer> AnswerAsync(AskedQuery query, JsonElement data, string caller, CancellationToken cancellation)
    {
        var handler = control.Current.QueryHandlers.Of(query.Type);
        if (handler is { Row: { Active: true, Url: not null } } && outside is not null)
        {
            return await AskOutsideAsync(outside, handler, query, caller, cancellation);
        }

        try
        {
            return handler is not { Row.Active: false } && queries.Find(query.Type, data, cancellation) is { } answer ? await answer
                : throw new ProblemException(new Problem(
                    StatusCodes.Status422UnprocessableEntity, "HANDLER_NOT_FOUND", $"Nobody answers {query.Type}: register a handler for it"));
        }
        catch (QueryTimeoutException late)
        {
            throw TooLate(late.Message);
        }
    }

    private static async Task<QueryAnswer> AskOutsideAsync(
        IOutsideQueries outside, NamedHandler handler, AskedQuery query, string caller, CancellationToken cancellation)
    {
        try
        {
            var answer = await outside.AskAsync(handler, new OutsideQuery(query.Id, query.Type, Encoding.UTF8.GetString(query.Data), caller), cancellation);
            return answer.IsSuccess ? QueryAnswer.Of(Encoding.UTF8.GetBytes(answer.Result ?? "null"))
                : answer.Status == StatusCodes.Status404NotFound ? new QueryAnswer(null, false, answer.Message ?? $"{query.Type} found nothing")
                : throw new ProblemException(new Problem(
                    StatusCodes.Status422UnprocessableEntity, answer.Code ?? "REFUSED", answer.Message ?? $"The handler of {query.Type} answered {answer.Status}"));
        }
        catch (TimeoutException late)
        {
            throw TooLate(late.Message);
        }
        catch (HandlerUnavailableException away)
        {
            throw new ProblemException(Problem.Unavailable("HANDLER_UNAVAILABLE", away.Message));
        }
    }

    private static ProblemException TooLate(string why) => new(new Problem(StatusCodes.Status504GatewayTimeout, "QUERY_TIMEOUT", why) { Retryable = true });

    private static void Write(Utf8JsonWriter writer, AskedQuery query)
    {
        writer.WriteStartObject();
        WriteAnswer(writer, query);
        writer.WriteRaw("data", query.Data);
        writer.WriteTime("asked_at", query.AtMs);
        if (query.Error is not null)
        {
            writer.WriteString("code"u8, query.Code);
            writer.WriteString("error"u8, query.Error);
        }

        writer.WriteEndObject();
    }

    private static void WriteAnswer(Utf8JsonWriter writer, AskedQuery query)
    {
        writer.WriteString("query_id"u8, query.Id);
        writer.WriteString("id"u8, query.Id);
        writer.WriteString("type"u8, query.Type);
        writer.WriteString("status"u8, query.Status);
        writer.WriteRaw("result", query.Result);
        writer.WriteNumber("duration_ms"u8, query.DurationMs);
        writer.WriteBoolean("cached"u8, query.Cached);
    }

    // Whoever asked has the answer; all others see it as they see everything else.
    private void Keep(AskedQuery query) => table.Add(query with { Data = mask.ApplyAny(query.Data), Result = mask.ApplyAny(query.Result) });

    private decimal Ms(long since) => Math.Round((decimal)clock.GetElapsedTime(since).TotalMilliseconds, 3);
}
