using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Contracts;
using Workers.Domain.Schedules;
using Workers.Engine.Options;

namespace Workers.Api.Doors;

/// <summary>What a schedule would come to, before there is one: it is read as it would be made, and nothing is kept.</summary>
internal sealed class SchedulePreview(ScheduleReader schedules, TimeProvider clock, ApiOptions options)
{
    /// <summary><c>in_words</c> and the times at which it would fire next, as <c>upcoming</c> tells them.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        var limit = new ListQuery(http.Request.Query).Only().Limit;
        var body = await JsonBody.ReadAsync(http, options.MaxBodyBytes, ScheduleBody.Members);
        var now = clock.GetUtcNow();
        var schedule = schedules.Read(http, body, body.Text("schedule_id") ?? Ids.New(now).ToString(), null) with { CreatedMs = now.ToUnixTimeMilliseconds() };
        var timing = schedule.Timing();
        using var json = JsonAnswer.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("in_words"u8, schedule.Cron is { } cron ? CronWords.Of(Cron.Parse(cron)) : $"every {Durations.Write(schedule.IntervalMs!.Value)}");
        writer.WriteStartArray("items"u8);
        foreach (var time in timing.After(now.ToUnixTimeMilliseconds()).Take(limit))
        {
            ScheduleReads.Write(writer, time, timing.Zone, schedule.IsCron);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await json.SendAsync(http, StatusCodes.Status200OK);
    }
}
