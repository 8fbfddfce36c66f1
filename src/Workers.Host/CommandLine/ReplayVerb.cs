using System.CommandLine;
using System.Text.Json.Nodes;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>Puts dead letters back: one, or all that a filter finds, and waits until they are.</summary>
internal static class ReplayVerb
{
    private const string Path = "/api/v1/commands/dead-letters";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public static Command Make(Terminal terminal)
    {
        var id = new Argument<string?>("ID") { Description = "Of one dead letter", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "All that the other options find, at their keys, the oldest first" };
        var limit = new Option<int?>("--limit") { Description = "At most so many" };
        var rate = new Option<int?>("--rate") { Description = "Letters a second, 1 to 1000 (default 100)" };
        var dry = new Option<bool>("--dry-run") { Description = "Only say how many there are" };
        var reason = new Option<string?>("--reason") { Description = "Why; it is kept in the audit trail" };
        var filters = new LetterFilters();
        var command = new Command("replay", "Run one of them again, or with --all those that a filter finds; stopping this does not stop the replay") { id, all, limit, rate, dry, reason };
        filters.AddTo(command);
        command.Add(new Command("status", "How far a replay is") { new Argument<string>("OPERATION") }.Does(parsed => RunningProcess.Ask(
            parsed, terminal, process => process.Print(HttpMethod.Get, OperationOf(parsed), null, terminal))));
        command.Add(new Command("cancel", "End a replay; what was put back stays so") { new Argument<string>("OPERATION") }.Does(parsed => RunningProcess.Ask(
            parsed, terminal, process => process.Print(HttpMethod.Post, OperationOf(parsed) + "/cancel", null, terminal))));
        return command.Does(parsed =>
        {
            var (one, many) = (parsed.GetValue(id), parsed.GetValue(all));
            if (one is null != many)
            {
                throw new ConfigurationException("Say which dead letter, or --all for those that the options find.");
            }

            var body = new JsonObject { ["reason"] = parsed.GetValue(reason) };
            if (one is not null)
            {
                return RunningProcess.Ask(
                    parsed, terminal, process => process.Print(HttpMethod.Post, $"{Path}/{Uri.EscapeDataString(one)}/replay", body, terminal));
            }

            body["filter"] = new JsonObject(filters.Of(parsed).Select(filter => KeyValuePair.Create<string, JsonNode?>(filter.Name, filter.Value)));
            body["limit"] = parsed.GetValue(limit);
            body["rate"] = parsed.GetValue(rate);
            body["dry_run"] = parsed.GetValue(dry);
            return RunningProcess.Ask(parsed, terminal, process => Many(process, body, terminal));
        });
    }

    private static string OperationOf(ParseResult parsed) => $"{Path}/operations/{Uri.EscapeDataString(parsed.GetRequiredValue<string>("OPERATION"))}";

    private static async Task<int> Many(RunningProcess process, JsonObject body, Terminal terminal)
    {
        var (status, answer) = await process.Ask(HttpMethod.Post, Path + "/replay", body);
        if (status >= 300 || answer is null)
        {
            return process.Refused(status, answer, terminal);
        }

        if (answer["operation_id"] is not { } operation)
        {
            terminal.Line(answer["matched"] is { } matched ? $"{matched} dead letters would be replayed." : "Accepted; nobody has begun with it yet.");
            return ExitCodes.Ok;
        }

        while (answer["state"]!.ToString() == "RUNNING")
        {
            terminal.Progress($"{answer["replayed"]} of {answer["matched"]} replayed");
            await Task.Delay(Look);
            (status, answer) = await process.Ask(HttpMethod.Get, $"{Path}/operations/{operation}");
            if (status != 200 || answer is null)
            {
                return process.Refused(status, answer, terminal);
            }
        }

        terminal.ProgressEnd();
        terminal.Line($"{answer["replayed"]} of {answer["matched"]} replayed, {answer["skipped"]} were no longer there: {answer["state"]} ({operation}).");
        return ExitCodes.Ok;
    }
}
