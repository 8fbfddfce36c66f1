using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workers.Host.CommandLine;

/// <summary>Looks at dead letters and replays them, through the running process.</summary>
internal static class DeadLettersVerb
{
    private const string Path = "/api/v1/commands/dead-letters";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Make(Terminal terminal)
    {
        var id = new Argument<string>("ID") { Description = "Of the dead letter" };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 1000", DefaultValueFactory = _ => 50 };
        var json = CommonOptions.Json();
        return new Command("dead-letters", "Look at dead letters and replay them")
        {
            new Command("list", "The newest dead letters") { limit, json }
                .Does(parsed => With(parsed, terminal, process => List(process, parsed.GetValue(limit), terminal, parsed.GetValue(json)))),
            new Command("show", "One of them, as JSON") { id }
                .Does(parsed => With(parsed, terminal, process => Print(process, HttpMethod.Get, $"{Path}/{Id(parsed)}", terminal))),
            new Command("replay", "Run one of them again, at its key") { id }
                .Does(parsed => With(parsed, terminal, process => Print(process, HttpMethod.Post, $"{Path}/{Id(parsed)}/replay", terminal))),
        };

        string Id(ParseResult parsed) => Uri.EscapeDataString(parsed.GetRequiredValue(id));
    }

    private static async Task<int> With(ParseResult parsed, Terminal terminal, Func<RunningProcess, Task<int>> ask)
    {
        using var process = new RunningProcess(CommonOptions.Settings(parsed, terminal).Urls, TimeSpan.FromSeconds(40));
        return await ask(process);
    }

    private static async Task<int> List(RunningProcess process, int limit, Terminal terminal, bool json)
    {
        var (status, body) = await process.Ask(HttpMethod.Get, $"{Path}?limit={limit}");
        if (status != 200 || body?["items"] is not JsonArray items)
        {
            return process.Refused(status, body, terminal);
        }

        if (json)
        {
            terminal.Line(items.ToJsonString(Indented));
            return ExitCodes.Ok;
        }

        string[] members = ["id", "last_at", "reason", "error_type", "topic", "key", "attempts"];
        var table = new Table(members);
        foreach (var item in items)
        {
            table.Add([.. members.Select(m => item?[m]?.ToString())]);
        }

        table.Write(terminal.Out, json: false);
        return ExitCodes.Ok;
    }

    private static async Task<int> Print(RunningProcess process, HttpMethod method, string path, Terminal terminal)
    {
        var (status, body) = await process.Ask(method, path);
        if (status >= 300)
        {
            return process.Refused(status, body, terminal);
        }

        terminal.Line(body?.ToJsonString(Indented) ?? "done");
        return ExitCodes.Ok;
    }
}
