using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;

namespace Workers.Api.Doors;

/// <summary>
/// Commands for one time: accepted now, executed then. They are timers of their partition, no schedules of Quartz: the answer is given once the log has the command on
/// disk, and from then on nothing but a cancel keeps it from being executed, once.
/// </summary>
internal sealed class DelayedDoor(
    SubmissionReader submissions, KnownKeys known, CommandLookup lookup, ControlDoor control, CommandDoor door, ILog log, IDataMask mask, OrderLines lines, EngineMeter meter,
    JustAccepted accepted, TimeProvider clock)
{
    public const string Door = CommandRow.DelayedDoor;
    public const string Path = "/api/v1/commands/scheduled";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(100 * 365);
    private static readonly DoorRoute Schedules = new(Door, "POST /api/v1/commands/schedule");
    private static readonly DoorRoute Changes = new("control", "PUT /api/v1/commands/scheduled/{id}");
    private static readonly DoorRoute Triggers = new("control", "POST /api/v1/commands/scheduled/{id}/trigger");

    /// <summary><c>{command, at, description}</c>.</summary>
    public async Task AcceptAsync(HttpContext http, JsonBody body)
    {
        var at = AtOf(body);
        var said = submissions.Info(http, Schedules);
        var request = said with { DueMs = at.ToUnixTimeMilliseconds(), Reason = ScheduleBody.TextOf(body, "description") ?? Reason.Of(body, said) };
        if (submissions.Read(CommandOf(body), Schedules, request, request.IdempotencyKey, out var problem) is not { } submission)
        {
            await problem!.WriteAsync(http);
            return;
        }

        lines.Received(submission);
        if (known.Find(submission) is { } first)
        {
            await RepeatAsync(http, submission, first);
            return;
        }

        Refuse(at);
        if (submissions.Unhandled(submission) is { } nobody)
        {
            await nobody.WriteAsync(http);
            return;
        }

        var record = submission.Record;
        http.Features.Set(new SubmittedCommand(record.Id));
        await log.AppendAsync(record, CancellationToken.None);
        accepted.Add(submission);
        meter.Submitted(submission.Info, submission.Record);
        var view = new CommandView(submission.Row(request.CorrelationId ?? record.Id.ToString(), request.TraceId, mask), null)
        {
            DueMs = request.DueMs,
            At = (record.Where, record.Offset),
        };
        http.Response.Headers.Location = $"{Path}/{record.Id}?at={record.Topic}-{record.Partition}-{record.Offset}";
        await AnswerAsync(http, view, StatusCodes.Status201Created);
    }

    /// <summary>Another time: <c>{at}</c>, as the body of its creation.</summary>
    public async Task ChangeAsync(HttpContext http, JsonBody body, CommandView view)
    {
        if (body.Value("command") is not null)
        {
            throw ListQuery.Bad("command", "command cannot be changed: cancel it, and schedule another");
        }

        var at = AtOf(body);
        Refuse(at);
        await MoveAsync(http, Changes, body, view, at.ToUnixTimeMilliseconds());
    }

    /// <summary>It is executed now.</summary>
    public Task TriggerAsync(HttpContext http, JsonBody body, CommandView view) => MoveAsync(http, Triggers, body, view, clock.GetUtcNow().ToUnixTimeMilliseconds());

    public static void Write(Utf8JsonWriter writer, CommandView view)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, view.Row.Id);
        writer.WriteString("schedule_id"u8, view.Row.Id);
        writer.WriteString("kind"u8, "once"u8);
        writer.WriteString("state"u8, view.State.Name());
        writer.WriteTime("at", view.ScheduledMs > 0 ? view.ScheduledMs : view.DueMs ?? 0);
        writer.WriteString("command_id"u8, view.Row.CallerId ?? view.Row.Id.ToString());
        writer.WriteStartObject("command"u8);
        writer.WriteString("type"u8, view.Row.Type);
        writer.WriteString("key"u8, view.Row.Key);
        writer.WriteRaw("data", view.Row.Data);
        writer.WriteEndObject();
        writer.WriteString("created_by"u8, view.Row.Caller);
        writer.WriteTime("created_at", view.Row.SubmittedMs);
        writer.WriteStartObject("links"u8);
        writer.WriteString("self"u8, $"{Path}/{view.Row.Id}");
        writer.WriteString("command"u8, $"/api/v1/commands/{view.Row.Id}");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static Task AnswerAsync(HttpContext http, CommandView view, int status)
    {
        using var json = JsonAnswer.Rent();
        Write(json.Writer, view);
        return json.SendAsync(http, status);
    }

    /// <summary>The body's command, as other doors take it.</summary>
    public static byte[] CommandOf(JsonBody body) => body.Value("command") is { ValueKind: JsonValueKind.Object } command
        ? Encoding.UTF8.GetBytes(command.GetRawText())
        : throw ListQuery.Bad("command", "command is required: what POST /api/v1/commands/execute takes");

    private async Task MoveAsync(HttpContext http, DoorRoute route, JsonBody body, CommandView view, long dueMs)
    {
        CommandRoles.RequireOwn(http, view.Row);
        var request = ControlDoor.Because(submissions.Info(http, route), body);
        var command = new RescheduleCommand { RecordKey = view.Row.Key, TargetId = view.Row.Id.ToString(), DueMs = dueMs, Reason = request.Reason };
        await door.SubmitAsync(http, route, request, control.Made(command, route, request));
    }

    private async Task RepeatAsync(HttpContext http, Submission submission, KnownKey first)
    {
        if (first.IsOther(submission))
        {
            await Problem.KeyReused(submission.CallerId).WriteAsync(http);
            return;
        }

        meter.Replayed();
        http.Response.Headers["Idempotent-Replayed"] = "true";
        http.Response.Headers.Location = $"{Path}/{first.First.Id}";
        await AnswerAsync(http, await lookup.FindOursAsync(first.First.Id, null, http.RequestAborted) ?? throw new ProblemException(Problem.NotFound("Command")), StatusCodes.Status201Created);
    }

    private static DateTimeOffset AtOf(JsonBody body) => body.Value("at") switch
    {
        { ValueKind: JsonValueKind.Number } seconds when seconds.TryGetInt64(out var value) && value is > 0 and < 100_000_000_000 => DateTimeOffset.FromUnixTimeSeconds(value),
        { ValueKind: JsonValueKind.String } text when TimeText.Read(text.GetString()!) is { } at => at,
        _ => throw ListQuery.Bad("at", "at must be a time such as 2026-01-31T12:00:00Z, or seconds since 1970"),
    };

    private void Refuse(DateTimeOffset at)
    {
        var now = clock.GetUtcNow();
        if (at <= now || at > now + Longest)
        {
            throw ListQuery.Bad("at", at <= now ? "at must be a time to come" : "at must be within a hundred years");
        }
    }
}
