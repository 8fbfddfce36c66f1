using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>Looks at dead letters, edits, replays and discards them, through the running process.</summary>
internal static class DeadLettersVerb
{
    private const string Path = "/api/v1/commands/dead-letters";

    private static readonly string[] ListMembers = ["id", "last_at", "reason", "error_type", "topic", "key", "attempts"];
    private static readonly string[] GroupMembers = ["count", "error_type", "code", "first_at", "last_at", "frame", "message"];

    public static Command Make(Terminal terminal)
    {
        var id = new Argument<string>("ID") { Description = "Of the dead letter" };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 1000", DefaultValueFactory = _ => 50 };
        var (filters, json, reason) = (new LetterFilters(), CommonOptions.Json(), new Option<string?>("--reason") { Description = "Why; it is kept in the audit trail" });
        var type = new Option<string?>("--type") { Description = "The command that it becomes (default: it stays)" };
        var data = new Option<string?>("--data-json") { Description = "The command's members as JSON, or @FILE; they keep the letter's key", HelpName = "JSON" };
        var list = new Command("list", "The newest dead letters") { limit, json };
        var groups = new Command("groups", "Dead letters by cause, with first and last seen and how many, the most frequent first") { limit, json };
        filters.AddTo(list);
        filters.AddTo(groups);
        return new Command("dead-letters", "Look at dead letters, edit, replay and discard them")
        {
            list.Does(parsed => RunningProcess.Ask(parsed, terminal, process => process.List($"{Path}?{Query(parsed)}", ListMembers, terminal, parsed.GetValue(json)))),
            groups.Does(parsed => RunningProcess.Ask(parsed, terminal, process => process.List($"{Path}/groups?{Query(parsed)}", GroupMembers, terminal, parsed.GetValue(json)))),
            new Command("show", "One of them with everything, as JSON") { id }
                .Does(parsed => RunningProcess.Ask(parsed, terminal, process => process.Print(HttpMethod.Get, $"{Path}/{Id(parsed)}", null, terminal))),
            ReplayVerb.Make(terminal),
            new Command("discard", "Take one of them off the desk; what it asked for is not done") { id, reason }.Does(parsed => RunningProcess.Ask(
                parsed, terminal, process => process.Print(HttpMethod.Post, $"{Path}/{Id(parsed)}/discard", new JsonObject { ["reason"] = parsed.GetValue(reason) }, terminal))),
            new Command("edit", "Change one's command, the original is kept; then replay it") { id, type, data, reason }
                .Does(parsed => RunningProcess.Ask(parsed, terminal, process => process.Print(HttpMethod.Put, $"{Path}/{Id(parsed)}", Edited(parsed), terminal))),
        };

        string Id(ParseResult parsed) => Uri.EscapeDataString(parsed.GetRequiredValue(id));

        string Query(ParseResult parsed) => string.Join(
            '&', filters.Of(parsed).Select(filter => $"{filter.Name}={Uri.EscapeDataString(filter.Value)}").Prepend($"limit={parsed.GetValue(limit)}"));

        JsonObject Edited(ParseResult parsed)
        {
            var body = new JsonObject { ["reason"] = parsed.GetValue(reason), ["type"] = parsed.GetValue(type) };
            if (parsed.GetValue(data) is { } text)
            {
                body["data"] = Json(text);
            }

            return body;
        }
    }

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text.StartsWith('@') ? File.ReadAllText(text[1..]) : text);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"--data-json must be JSON, or @ and the name of a file with it: {error.Message}");
        }
    }
}

/// <summary>Which dead letters.</summary>
internal sealed class LetterFilters
{
    private readonly (string Name, Option<string?> Option)[] _options =
    [
        ("group", new("--group") { Description = "Who could not execute them: commands, sagas, effects, …" }),
        ("key", new("--key") { Description = "Of this key" }),
        ("code", new("--code") { Description = "With this code, such as ATTEMPTS_USED_UP" }),
        ("error_type", new("--error-type") { Description = "With this error" }),
        ("frame", new("--frame") { Description = "Thrown there, as groups shows it" }),
    ];

    public void AddTo(Command command)
    {
        foreach (var (_, option) in _options)
        {
            command.Add(option);
        }
    }

    public IEnumerable<(string Name, string Value)> Of(ParseResult parsed) =>
        _options.Select(one => (one.Name, Value: parsed.GetValue(one.Option)!)).Where(one => !string.IsNullOrEmpty(one.Value));
}
