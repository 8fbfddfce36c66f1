using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Domain.Schedules;
using Workers.Engine.Control;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>Schedules, and commands that wait for their one time: listed, read, looked ahead and back.</summary>
internal sealed class ScheduleReads(ControlFeed control, StateReaders readers, DelayedReads delayed, CommandLookup lookup, IDataMask mask, TimeProvider clock)
{
    private const string Once = "once";
    private const string Waiting = "SCHEDULED";

    /// <summary>Schedules by id, then the commands of one time by that, by <c>kind, tag, owner, state</c>.</summary>
    public Task ListAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only("kind", "tag", "owner", "state");
        var (kind, state, now) = (query.Text("kind"), query.Text("state"), Now);
        if (kind is not (null or Once or "cron" or "interval"))
        {
            throw ListQuery.Bad("kind", "kind must be one of once, cron, interval");
        }

        if (state is not (null or Waiting) && !ScheduleAnswers.States.Contains(state))
        {
            throw ListQuery.Bad("state", $"state must be one of {string.Join(", ", ScheduleAnswers.States)}, {Waiting}");
        }

        var cursor = Cursors.Read(query.Cursor);
        List<Action<Utf8JsonWriter>> items = [];
        string? next = null;
        if (kind != Once && state != Waiting && cursor is null or { Ms: 0 })
        {
            var after = cursor is { Id: ['s', .. var last] } ? last : "";
            var found = Matching(query, kind, state, now).Where(one => string.CompareOrdinal(one.ScheduleId, after) > 0).Take(query.Limit + 1).ToList();
            var page = found.Take(query.Limit).ToList();
            var runs = RunsOf(page);
            items.AddRange(page.Select(one => (Action<Utf8JsonWriter>)(writer => ScheduleAnswers.Write(writer, one, runs.GetValueOrDefault(one.ScheduleId), now, mask))));
            next = found.Count > query.Limit ? Cursors.Of(0, "s" + page[^1].ScheduleId) : null;
            cursor = null;
        }

        if (next is null && kind is null or Once && query.Text("tag") is null && query.Text("owner") is null && state is null or Waiting)
        {
            var limit = query.Limit - items.Count;
            var found = delayed.List(cursor is { } place ? PlaceOf(place) : null, limit + 1);
            items.AddRange(found.Take(limit).Select(view => (Action<Utf8JsonWriter>)(writer => DelayedDoor.Write(writer, view))));
            next = found.Count <= limit ? null : limit > 0 ? Cursors.Of(found[limit - 1].DueMs!.Value, found[limit - 1].Row.Id.ToString()) : Cursors.Of(1, Guid.Empty.ToString());
        }

        return JsonList.SendAsync(http, items, next, static (writer, write) => write(writer));
    }

    public async Task OneAsync(HttpContext http)
    {
        if (Find(http) is { } schedule)
        {
            Send(http, schedule, StatusCodes.Status200OK);
            return;
        }

        await DelayedDoor.AnswerAsync(http, await DelayedAsync(http), StatusCodes.Status200OK);
    }

    /// <summary>The times to come; days on which the clock is changed are marked.</summary>
    public async Task UpcomingAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only("after");
        var after = query.Time("after");
        if (Find(http) is not { } schedule)
        {
            var view = await DelayedAsync(http);
            await JsonList.SendAsync(http, view.ScheduledMs > 0 ? new[] { view.ScheduledMs } : [], null, static (writer, at) =>
            {
                writer.WriteStartObject();
                writer.WriteTime("at", at);
                writer.WriteEndObject();
            });
            return;
        }

        var now = Now;
        var runs = RunsOf([schedule]).GetValueOrDefault(schedule.ScheduleId);
        try
        {
            var timing = schedule.Timing();
            var first = ScheduleRules.Next(schedule, runs, now);
            var times = first is null ? [] : timing.After(Math.Max(after ?? now, first.Value.AtMs - 1)).Take(query.Limit).ToList();
            await JsonList.SendAsync(http, times, null, (writer, time) => Write(writer, time, timing.Zone, schedule.IsCron));
        }
        catch (Exception error) when (error is CronException or TimeZoneNotFoundException)
        {
            throw new ProblemException(new Problem(StatusCodes.Status400BadRequest, "SCHEDULE_UNREADABLE", error.Message));
        }
    }

    /// <summary>What became of its last times, the newest first, with the commands.</summary>
    public async Task RunsAsync(HttpContext http)
    {
        var query = new ListQuery(http.Request.Query).Only();
        if (Find(http) is not { } schedule)
        {
            var view = await DelayedAsync(http);
            await JsonList.SendAsync(http, view.State == CommandState.Scheduled ? [] : new[] { view }, null, static (writer, one) => CommandResource.Write(writer, one));
            return;
        }

        var runs = RunsOf([schedule]).GetValueOrDefault(schedule.ScheduleId) is { } known && known.Of == schedule.CreatedMs ? known.Runs : [];
        var page = runs.Skip(query.Offset).Take(query.Limit).ToList();
        var ends = lookup.Outcomes([.. page.Where(run => run.CommandId is not null).Select(run => Guid.Parse(run.CommandId!))]);
        await JsonList.SendAsync(http, page, null, (writer, run) => Write(writer, run, run.CommandId is { } id ? ends.GetValueOrDefault(Guid.Parse(id)) : null), runs.Count);
    }

    /// <summary>The schedule of the path; null where there is none of that id.</summary>
    public Schedule? Find(HttpContext http) => Find(Paths.Id(http, "schedule_id"));

    public Schedule? Find(string id) => (control.Current.Find(ControlKinds.Schedule, id) ?? control.Ask().Find(ControlKinds.Schedule, id)) is { } stored ? Schedule.Read(stored) : null;

    /// <summary>All of them, by id.</summary>
    public IEnumerable<Schedule> All() => control.Current.Parsed(ControlKinds.Schedule, row => Schedule.Read(row.Data)).OrderBy(one => one.ScheduleId, StringComparer.Ordinal);

    /// <exception cref="ProblemException">There is none.</exception>
    public async ValueTask<CommandView> DelayedAsync(HttpContext http) =>
        await delayed.FindAsync(http, Paths.Id(http, "schedule_id"), Caller.Of(http).Name) ?? throw new ProblemException(Problem.NotFound("Schedule"));

    public void Send(HttpContext http, Schedule schedule, int status)
    {
        using var json = JsonAnswer.Rent();
        ScheduleAnswers.Write(json.Writer, schedule, RunsOf([schedule]).GetValueOrDefault(schedule.ScheduleId), Now, mask);
        json.SendAsync(http, status);
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private IEnumerable<Schedule> Matching(ListQuery query, string? kind, string? state, long nowMs)
    {
        var (tag, owner) = (query.Text("tag"), query.Text("owner"));
        var found = All().Where(one => (kind is null || one.IsCron == (kind == "cron")) && (tag is null || one.Tags?.Contains(tag) == true) && (owner is null || one.Owner == owner));
        if (state is null)
        {
            return found;
        }

        var all = found.ToList();
        var runs = RunsOf(all);
        return all.Where(one => state == ScheduleAnswers.StateOf(one, runs.GetValueOrDefault(one.ScheduleId), nowMs));
    }

    private static (long DueMs, Guid Id) PlaceOf((long Ms, string Id) cursor) =>
        Guid.TryParseExact(cursor.Id, "D", out var id) ? (cursor.Ms, id) : throw ListQuery.Bad("cursor", "cursor must be the next_cursor of an answer");

    private Dictionary<string, ScheduleRuns> RunsOf(IReadOnlyList<Schedule> schedules)
    {
        var found = new Dictionary<StateKey, StateRow>();
        using var loan = readers.Rent();
        loan.Reader.FindStates([.. schedules.Select(one => new StateKey(ScheduleRuns.Kind, one.ScheduleId))], found);
        return found.ToDictionary(pair => pair.Key.Id, pair => ScheduleRuns.Read(pair.Value.Data.Span));
    }

    internal static void Write(Utf8JsonWriter writer, FireTime time, TimeZoneInfo zone, bool isCron)
    {
        var local = ZoneTimes.ToLocal(DateTime.UnixEpoch.AddMilliseconds(time.AtMs), zone);
        writer.WriteStartObject();
        writer.WriteTime("at", time.AtMs);
        writer.WriteString("local"u8, local.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        writer.WriteTime("due_at", time.DueMs > time.AtMs ? time.DueMs : 0);
        if (isCron && ZoneTimes.IsChanged(local, zone))
        {
            writer.WriteString("clock_change"u8, time.Saving switch
            {
                "gap" => "the clock is put forward that day: the time is left out, and fires when it goes on",
                "overlap" => "the clock is put back that day: the time is there twice, and fires at the first",
                _ => "the clock is changed that day",
            });
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ScheduleRun run, Outcome? end)
    {
        writer.WriteStartObject();
        writer.WriteTime("at", run.AtMs);
        writer.WriteTime("decided_at", run.DecidedMs);
        writer.WriteString("result"u8, run.How);
        if (run.Missed is { } missed)
        {
            writer.WriteNumber("missed"u8, missed);
        }

        if (run.CommandId is { } id)
        {
            writer.WriteString("command_id"u8, id);
            writer.WriteString("state"u8, (end?.State ?? CommandState.Queued).Name());
            writer.WriteTime("completed_at", end?.CompletedMs ?? 0);
            writer.WriteStartObject("links"u8);
            writer.WriteString("command"u8, $"/api/v1/commands/{id}");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
