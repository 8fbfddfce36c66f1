using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts.Commands;
using Workers.Domain.Schedules;
using Workers.Engine.Control;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>
/// Many schedules at once: all are read before any is written; those that are as they are wanted stay as they are. What is there and not among them is deleted only
/// where <c>prune</c> says so, whoever made it.
/// </summary>
internal sealed class ScheduleImport(ScheduleReads reads, ScheduleReader schedules, SubmissionReader submissions, ControlDoor control, CommandDoor door, ControlFeed feed, IDataMask mask, ApiOptions options)
{
    private const int AtOnce = 50;
    private const int Most = 10_000;
    private static readonly string[] s_members = ["schedules", "calendars", "prune", "dry_run", "reason"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly DoorRoute Imports = new("control", $"POST {DelayedDoor.Path}/import");

    /// <summary><c>{schedules, calendars, prune, dry_run, reason}</c>.</summary>
    public async Task ImportAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, s_members);
        var result = await ApplyAsync(http, body, "api");
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteTexts("created", result.Created);
        writer.WriteTexts("changed", result.Changed);
        writer.WriteTexts("deleted", result.Deleted);
        writer.WriteTexts("left", result.Left);
        writer.WriteNumber("unchanged"u8, result.Same);
        writer.WriteBoolean("dry_run"u8, body.Flag("dry_run"));
        writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <summary>All schedules as they would be imported; sensitive values are hidden.</summary>
    public Task ExportAsync(HttpContext http)
    {
        _ = new ListQuery(http.Request.Query).Only();
        feed.Ask();
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteStartArray("schedules"u8);
        foreach (var schedule in reads.All())
        {
            writer.WriteStartObject();
            writer.WriteString("schedule_id"u8, schedule.ScheduleId);
            ScheduleAnswers.WriteDefinition(writer, schedule, mask);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return json.SendAsync(http, StatusCodes.Status200OK);
    }

    /// <param name="http">Who asks.</param>
    /// <param name="body">What is wanted.</param>
    /// <param name="source">Where it is from: <c>api</c> or <c>file</c>.</param>
    /// <exception cref="ProblemException">Something in it is wrong: nothing was written.</exception>
    public async Task<ImportResult> ApplyAsync(HttpContext http, JsonBody body, string source)
    {
        feed.Ask();
        var there = reads.All().ToDictionary(schedule => schedule.ScheduleId, StringComparer.Ordinal);
        var wanted = Wanted(http, body, source, there);
        var created = wanted.Where(schedule => !there.ContainsKey(schedule.ScheduleId)).ToList();
        var changed = wanted.Where(schedule => there.TryGetValue(schedule.ScheduleId, out var before) && !schedules.IsSame(before, schedule)).ToList();
        var others = there.Keys.Except(wanted.Select(schedule => schedule.ScheduleId)).ToList();
        var prune = body.Flag("prune");
        var reason = body.Text("reason");
        if (!body.Flag("dry_run"))
        {
            await RunAsync(http,
            [
                .. created.Select(ICommand (schedule) => new CreateSchedule { ScheduleId = schedule.ScheduleId, Definition = ScheduleReader.DefinitionOf(schedule), Reason = reason }),
                .. changed.Select(ICommand (schedule) => new UpdateSchedule { ScheduleId = schedule.ScheduleId, Definition = ScheduleReader.DefinitionOf(schedule), Reason = reason }),
                .. (prune ? others : []).Select(ICommand (id) => new DeleteSchedule { ScheduleId = id, Reason = reason }),
            ]);
            feed.Ask();
        }

        return new ImportResult(
            [.. created.Select(schedule => schedule.ScheduleId)], [.. changed.Select(schedule => schedule.ScheduleId)], prune ? others : [], prune ? [] : others,
            wanted.Count - created.Count - changed.Count);
    }

    private async Task RunAsync(HttpContext http, IReadOnlyList<ICommand> commands)
    {
        var request = submissions.Info(http, Imports) with { IdempotencyKey = null };
        foreach (var part in commands.Chunk(AtOnce))
        {
            var outcomes = await Task.WhenAll(part.Select(command => door.RunAsync(control.Made(command, Imports, request), Patience)));

            // Another process that reads the same file may have been first.
            if (outcomes.FirstOrDefault(outcome => outcome is { State: not CommandState.Succeeded, Status: not (StatusCodes.Status409Conflict or StatusCodes.Status404NotFound) }) is { } failed)
            {
                throw new ProblemException(OutcomeProblem.Of(failed, failed.Id.ToString()));
            }
        }
    }

    private List<Schedule> Wanted(HttpContext http, JsonBody body, string source, Dictionary<string, Schedule> there)
    {
        var calendars = body.Value("calendars") is { ValueKind: JsonValueKind.Object } named ? named.EnumerateObject().ToDictionary(one => one.Name, one => one.Value) : [];
        if (body.Value("schedules") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > Most)
        {
            throw ListQuery.Bad("schedules", $"schedules must be an array of at most {Most} schedules");
        }

        var wanted = new List<Schedule>();
        foreach (var one in list.EnumerateArray())
        {
            var id = one.ValueKind == JsonValueKind.Object && one.TryGetProperty("schedule_id", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
            if (!IdRules.IsId(id) || wanted.Exists(other => other.ScheduleId == id))
            {
                throw ListQuery.Bad("schedule_id", $"schedules[{wanted.Count}].schedule_id must be an id that no other has");
            }

            try
            {
                wanted.Add(schedules.Read(http, JsonBody.Of(Named(one, calendars), ScheduleBody.Members), id!, there.GetValueOrDefault(id!)) with { Source = source });
            }
            catch (ProblemException wrong)
            {
                throw new ProblemException(wrong.Problem with { Error = $"{id}: {wrong.Problem.Error}" });
            }
        }

        return wanted;
    }

    // A calendar by its name is written out, so that a schedule says all there is to it.
    private static JsonElement Named(JsonElement schedule, Dictionary<string, JsonElement> calendars)
    {
        if (!schedule.TryGetProperty("calendar", out var calendar) || calendar.ValueKind != JsonValueKind.String)
        {
            return schedule;
        }

        var name = calendar.GetString()!;
        if (!calendars.TryGetValue(name, out var days) || days.ValueKind != JsonValueKind.Object)
        {
            throw ListQuery.Bad("calendar", $"calendar '{name}' is not among calendars");
        }

        using var document = JsonDocument.Parse(JsonWriting.ToBytes((schedule, name, days), static (all, writer) =>
        {
            writer.WriteStartObject();
            foreach (var member in all.schedule.EnumerateObject().Where(member => member.Name != "calendar"))
            {
                member.WriteTo(writer);
            }

            writer.WriteStartObject("calendar");
            writer.WriteString("name", all.name);
            foreach (var member in all.days.EnumerateObject())
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }));
        return document.RootElement.Clone();
    }
}

/// <summary>What came of an import.</summary>
/// <param name="Left">There, and not among what was wanted.</param>
internal sealed record ImportResult(IReadOnlyList<string> Created, IReadOnlyList<string> Changed, IReadOnlyList<string> Deleted, IReadOnlyList<string> Left, int Same);
