using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>Makes the schedules be those of a file; all of it is read before any of it is written.</summary>
internal static class ScheduleImportVerb
{
    private const string Path = "/api/v1/commands/scheduled/import";
    private const string Standard = "-";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly string[] Changes = ["created", "changed", "deleted", "left"];

    public static Command Make(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "What export has written, or - for the standard input" };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would be made, changed and deleted" };
        var prune = new Option<bool>("--prune") { Description = "Delete those that are not in it, whoever made them" };
        var reason = new Option<string?>("--reason") { Description = "Why; it is kept in the audit trail" };
        var json = CommonOptions.Json();
        return new Command("import", "Make the schedules be those of a file") { file, dry, prune, reason, json }.Does(async parsed =>
        {
            var body = await ReadAsync(parsed.GetRequiredValue(file));
            body["dry_run"] = parsed.GetValue(dry);
            body["reason"] = parsed.GetValue(reason) ?? body["reason"]?.ToString();
            if (parsed.GetValue(prune))
            {
                body["prune"] = true;
            }

            return await RunningProcess.Ask(parsed, terminal, process => ImportAsync(process, body, terminal, parsed.GetValue(json)));
        });
    }

    /// <summary>A file of schedules, as it is written: with comments and commas at the end.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    internal static async Task<JsonObject> ReadAsync(string file)
    {
        try
        {
            var text = file == Standard ? await Console.In.ReadToEndAsync() : await File.ReadAllTextAsync(file);
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };
            return JsonNode.Parse(text, documentOptions: options) as JsonObject ?? throw new JsonException("it is no JSON object");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ConfigurationException($"{(file == Standard ? "The standard input" : file)} cannot be read as schedules: {error.Message}");
        }
    }

    private static async Task<int> ImportAsync(RunningProcess process, JsonObject body, Terminal terminal, bool json)
    {
        var (status, answer) = await process.Ask(HttpMethod.Post, Path, body);
        if (status != 200 || answer is null)
        {
            return process.Refused(status, answer, terminal);
        }

        if (json)
        {
            terminal.Line(answer.ToJsonString(Indented));
            return ExitCodes.Ok;
        }

        var table = new Table("change", "schedule");
        foreach (var (change, id) in Changes.SelectMany(change => answer[change]!.AsArray().Select(id => (change, id!.ToString()))))
        {
            table.Add(change, id);
        }

        table.Write(terminal.Out, json: false);
        terminal.Line($"{answer["unchanged"]} unchanged.{(answer["dry_run"]!.GetValue<bool>() ? " Nothing was written." : "")}");
        return ExitCodes.Ok;
    }
}
