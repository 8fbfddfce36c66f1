using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workers.Host.CommandLine;

/// <summary>Looks at how far each group has read, and sets where one reads on, through the running process.</summary>
internal static class PositionsVerb
{
    private const string Path = "/api/v1/commands/partitions";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Make(Terminal terminal)
    {
        var group = new Argument<string>("GROUP") { Description = "Who reads: commands, sagas, effects, control, projections, audit, feeds" };
        var topic = new Argument<string>("TOPIC") { Description = "Such as workers.commands" };
        var partition = new Argument<int>("PARTITION");
        var offset = new Argument<long>("OFFSET") { Description = "The next record that it reads: what lies before it is passed over" };
        var reason = new Option<string>("--reason") { Description = "Why; it is kept in the audit trail", Required = true };
        var json = CommonOptions.Json();
        return new Command("positions", "Look at how far each group has read, and set where one reads on")
        {
            new Command("list", "Each group's position in each partition") { json }
                .Does(parsed => With(parsed, terminal, process => List(process, terminal, parsed.GetValue(json)))),
            new Command("set", "Set where a group reads on; a halted partition goes on there") { group, topic, partition, offset, reason, json }.Does(parsed =>
            {
                var path = $"{Path}/{Escaped(group)}/{Escaped(topic)}/{parsed.GetRequiredValue(partition)}";
                var body = new JsonObject { ["position"] = parsed.GetRequiredValue(offset), ["reason"] = parsed.GetRequiredValue(reason) };
                return With(parsed, terminal, process => Set(process, path, body, terminal, parsed.GetValue(json)));

                string Escaped(Argument<string> argument) => Uri.EscapeDataString(parsed.GetRequiredValue(argument));
            }),
        };
    }

    private static async Task<int> With(ParseResult parsed, Terminal terminal, Func<RunningProcess, Task<int>> ask)
    {
        using var process = RunningProcess.Of(CommonOptions.Settings(parsed, terminal), TimeSpan.FromSeconds(40));
        return await ask(process);
    }

    private static async Task<int> List(RunningProcess process, Terminal terminal, bool json)
    {
        var (status, body) = await process.Ask(HttpMethod.Get, Path);
        if (status != 200 || body?["items"] is not JsonArray items)
        {
            return process.Refused(status, body, terminal);
        }

        if (json)
        {
            terminal.Line(items.ToJsonString(Indented));
            return ExitCodes.Ok;
        }

        string[] members = ["group", "topic", "partition", "position", "end", "lag", "halted"];
        var table = new Table(members);
        foreach (var item in items)
        {
            table.Add([.. members.Select(m => item?[m]?.ToString())]);
        }

        table.Write(terminal.Out, json: false);
        return ExitCodes.Ok;
    }

    private static async Task<int> Set(RunningProcess process, string path, JsonObject wanted, Terminal terminal, bool json)
    {
        var (status, body) = await process.Ask(HttpMethod.Put, path, wanted);
        if (status != 200 || body is null)
        {
            return process.Refused(status, body, terminal);
        }

        terminal.Line(json
            ? body.ToJsonString(Indented)
            : $"{body["group"]} reads {body["topic"]}-{body["partition"]} on from {body["position"]}; it stood at {body["before"]}.");
        return ExitCodes.Ok;
    }
}
