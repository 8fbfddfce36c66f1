using System.CommandLine;
using System.Text.Json.Nodes;

namespace Workers.Host.CommandLine;

/// <summary>Looks at schedules, pauses, resumes, triggers and deletes them, and takes them out and in as a file, through the running process.</summary>
internal static class SchedulesVerb
{
    private const string Path = "/api/v1/commands/scheduled";

    private static readonly string[] ListMembers = ["schedule_id", "kind", "state", "cron", "interval", "at", "time_zone", "next_fire_at", "last_fire_at", "owner", "tags"];
    private static readonly string[] RunMembers = ["at", "result", "missed", "command_id", "state", "completed_at"];
    private static readonly string[] UpcomingMembers = ["at", "local", "due_at", "clock_change"];

    public static Command Make(Terminal terminal)
    {
        var id = new Argument<string>("ID") { Description = "Of the schedule, or of a command that waits for its time" };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 1000", DefaultValueFactory = _ => 50 };
        var (json, reason, filters) = (CommonOptions.Json(), new Option<string?>("--reason") { Description = "Why; it is kept in the audit trail" }, Filters());
        var until = new Option<string?>("--until") { Description = "When it ends by itself, such as 2027-01-31T12:00:00Z (default: when it is resumed)", HelpName = "TIME" };
        var list = new Command("list", "Schedules, then commands that wait for their one time") { limit, json };
        filters.ForEach(list.Add);
        return new Command("schedules", "Look at schedules, pause, resume, trigger, delete, export and import them")
        {
            list.Does(parsed => Ask(parsed, process => process.List($"{Path}?{Query(parsed)}", ListMembers, terminal, parsed.GetValue(json)))),
            new Command("show", "One of them with everything, as JSON") { id }.Does(parsed => Ask(parsed, process => process.Print(HttpMethod.Get, Of(parsed), null, terminal))),
            new Command("runs", "What became of its last times, the newest first") { id, limit, json }.Does(parsed => Part(parsed, "runs", RunMembers)),
            new Command("upcoming", "The times at which it fires next") { id, limit, json }.Does(parsed => Part(parsed, "upcoming", UpcomingMembers)),
            new Command("pause", "Keep one from firing; the times of the pause do not fire later either") { id, until, reason }
                .Does(parsed => Do(parsed, HttpMethod.Post, "/pause", new JsonObject { ["until"] = parsed.GetValue(until) })),
            new Command("resume", "Let one fire again") { id, reason }.Does(parsed => Do(parsed, HttpMethod.Post, "/resume", [])),
            new Command("trigger", "Have its command executed now") { id, reason }.Does(parsed => Do(parsed, HttpMethod.Post, "/trigger", [])),
            new Command("delete", "Delete one, or cancel a command that waits for its time") { id, reason }.Does(parsed => Do(parsed, HttpMethod.Delete, "", [])),
            new Command("export", "All schedules as JSON, as import and Workers:Scheduler:File take it; sensitive values are hidden")
                .Does(parsed => Ask(parsed, process => process.Print(HttpMethod.Get, Path + "/export", null, terminal))),
            ScheduleImportVerb.Make(terminal),
        };

        Task<int> Ask(ParseResult parsed, Func<RunningProcess, Task<int>> ask) => RunningProcess.Ask(parsed, terminal, ask);

        string Of(ParseResult parsed) => $"{Path}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}";

        Task<int> Part(ParseResult parsed, string name, string[] members) =>
            Ask(parsed, process => process.List($"{Of(parsed)}/{name}?limit={parsed.GetValue(limit)}", members, terminal, parsed.GetValue(json)));

        Task<int> Do(ParseResult parsed, HttpMethod method, string verb, JsonObject body)
        {
            body["reason"] = parsed.GetValue(reason);
            return Ask(parsed, process => process.Print(method, Of(parsed) + verb, body, terminal));
        }

        string Query(ParseResult parsed) => string.Join(
            '&', filters.Where(filter => !string.IsNullOrEmpty(parsed.GetValue(filter))).Select(filter => $"{filter.Name[2..]}={Uri.EscapeDataString(parsed.GetValue(filter)!)}")
                .Prepend($"limit={parsed.GetValue(limit)}"));
    }

    private static List<Option<string?>> Filters() =>
    [
        new("--kind") { Description = "cron, interval or once" },
        new("--state") { Description = "ACTIVE, PAUSED, ENDED, UNREADABLE, SCHEDULED" },
        new("--owner") { Description = "With this owner" },
        new("--tag") { Description = "With this tag" },
    ];
}
