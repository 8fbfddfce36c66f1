using System.Text.Json.Nodes;
using Workers.Domain.Schedules;
using Workers.Engine.Store;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>Looks at the file of schedules as <c>doctor</c> tells of it: what the running process would do with it, or where none runs, whether it can be read.</summary>
internal static class ScheduleFileCheck
{
    /// <summary>What there is to tell; not good where the file would not be applied.</summary>
    public static async Task<(bool IsGood, string Detail)> LookAsync(Settings settings)
    {
        JsonObject file;
        try
        {
            file = await ScheduleImportVerb.ReadAsync(settings.Options.Scheduler.File);
        }
        catch (ConfigurationException error)
        {
            return (false, $"{error.Message}; mend Workers:Scheduler:File");
        }

        file["dry_run"] = true;
        using var process = RunningProcess.Of(settings, TimeSpan.FromSeconds(5));
        try
        {
            var (status, answer) = await process.Ask(HttpMethod.Post, "/api/v1/commands/scheduled/import", file);
            return status == 200
                ? (true, $"{answer!["unchanged"]} as they are, {Count(answer, "created")} to make, {Count(answer, "changed")} to change, {Count(answer, "deleted")} to delete at the next start; {Count(answer, "left")} are not in it")
                : (false, $"{answer?["error"]} ({status})");
        }
        catch (StoreOpenException)
        {
            return Alone(file);
        }
    }

    private static (bool IsGood, string Detail) Alone(JsonObject file)
    {
        if (file["schedules"] is not JsonArray schedules)
        {
            return (false, "It has no array 'schedules'");
        }

        foreach (var schedule in schedules)
        {
            var (id, cron, zone) = (schedule?["schedule_id"]?.ToString(), schedule?["cron"]?.ToString(), schedule?["time_zone"]?.ToString() ?? "UTC");
            try
            {
                _ = cron is null ? null : Cron.Parse(cron);
            }
            catch (CronException error)
            {
                return (false, $"{id}: {error.Message}");
            }

            if (ZoneTimes.Find(zone) is null)
            {
                return (false, $"{id}: {ZoneTimes.Unknown(zone)}");
            }
        }

        return (true, $"{schedules.Count} schedules, applied at the next start");
    }

    private static int Count(JsonNode answer, string name) => answer[name]?.AsArray().Count ?? 0;
}
