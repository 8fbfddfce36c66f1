using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Host.Configuration;
using Workers.Host.Roles;

namespace Workers.Host.CommandLine;

/// <summary>Makes, lists and revokes API keys: through the running process, or where none runs by one that is started for it and serves nobody else.</summary>
internal static class KeysVerb
{
    private const string Path = "/api/v1/keys";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Make(Terminal terminal)
    {
        var id = new Argument<string>("ID") { Description = "Of the key: the part of it after wk_" };
        var name = new Option<string>("--name") { Description = "What people call it", Required = true };
        var owner = new Option<string?>("--owner") { Description = "Under whose name its commands run (default: the name)" };
        var roles = new Option<string>("--roles", "--role") { Description = "viewer, submitter, operator, admin, with commas", Required = true };
        var expires = new Option<string?>("--expires") { Description = "When it ends: a time such as 2027-01-31T12:00:00Z, or days from now such as 90d (default: never)" };
        var signed = new Option<bool>("--signed") { Description = "Its requests must be signed (webhook-id, webhook-timestamp, webhook-signature)" };
        var reason = new Option<string?>("--reason") { Description = "Why; it is kept in the audit trail" };
        var json = CommonOptions.Json();
        return new Command("keys", "Make, list and revoke API keys")
        {
            new Command("create", "Make a key; it is shown once") { name, owner, roles, expires, signed, reason, json }.Does(parsed =>
            {
                var body = new JsonObject
                {
                    ["name"] = parsed.GetValue(name),
                    ["owner"] = parsed.GetValue(owner),
                    ["roles"] = new JsonArray([.. parsed.GetValue(roles)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(role => JsonValue.Create(role))]),
                    ["expires_at"] = Expiry(parsed.GetValue(expires)),
                    ["signed"] = parsed.GetValue(signed),
                    ["reason"] = parsed.GetValue(reason),
                };
                return With(parsed, terminal, process => Create(process, body, terminal, parsed.GetValue(json)));
            }),
            new Command("list", "All keys that are not revoked") { json }
                .Does(parsed => With(parsed, terminal, process => List(process, terminal, parsed.GetValue(json)))),
            new Command("revoke", "End a key; within a second no process takes it") { id, reason }.Does(parsed =>
                With(parsed, terminal, process => Revoke(process, parsed.GetRequiredValue(id), parsed.GetValue(reason), terminal))),
        };
    }

    private static async Task<int> With(ParseResult parsed, Terminal terminal, Func<RunningProcess, Task<int>> ask)
    {
        var settings = CommonOptions.Settings(parsed, terminal);
        using var process = RunningProcess.Of(settings, TimeSpan.FromSeconds(40));
        return (settings.Given.TryGetValue(ConfigurationReader.UrlsKey, out var said) && said.Source == "--urls") || await process.Answers()
            ? await ask(process)
            : await Briefly.Run(settings, async url =>
            {
                using var brief = RunningProcess.Of(settings with { Urls = url }, TimeSpan.FromSeconds(40));
                return await ask(brief);
            });
    }

    private static async Task<int> Create(RunningProcess process, JsonObject wanted, Terminal terminal, bool json)
    {
        var (status, body) = await process.Ask(HttpMethod.Post, Path, wanted);
        if (status is not (201 or 202) || body is null)
        {
            return process.Refused(status, body, terminal);
        }

        if (json)
        {
            terminal.Line(body.ToJsonString(Indented));
            return ExitCodes.Ok;
        }

        terminal.Line($"{body["key"]}");
        if (body["signing_secret"] is { } secret)
        {
            terminal.Line($"{secret}");
        }

        terminal.Error.WriteLine($"This is the key {body["name"]} ({string.Join(", ", body["roles"]!.AsArray())}); keep it, it is not shown again. Send it as Authorization: Bearer.");
        if (status == 202)
        {
            terminal.Warn("It is not known to the workers yet; it opens as soon as they have read it.");
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> List(RunningProcess process, Terminal terminal, bool json)
    {
        var (status, body) = await process.Ask(HttpMethod.Get, Path + "?limit=1000");
        if (status != 200 || body?["items"] is not JsonArray items)
        {
            return process.Refused(status, body, terminal);
        }

        if (json)
        {
            terminal.Line(items.ToJsonString(Indented));
            return ExitCodes.Ok;
        }

        string[] members = ["id", "name", "owner", "roles", "signed", "created_at", "expires_at", "last_used_at"];
        var table = new Table(members);
        foreach (var item in items)
        {
            table.Add([.. members.Select(m => item?[m] is JsonArray list ? string.Join(",", list) : item?[m]?.ToString())]);
        }

        table.Write(terminal.Out, json: false);
        return ExitCodes.Ok;
    }

    private static async Task<int> Revoke(RunningProcess process, string id, string? reason, Terminal terminal)
    {
        var (status, body) = await process.Ask(HttpMethod.Delete, $"{Path}/{Uri.EscapeDataString(id)}", reason is null ? null : new JsonObject { ["reason"] = reason });
        if (status is not (200 or 202) || body is null)
        {
            return process.Refused(status, body, terminal);
        }

        terminal.Line(status == 202 ? $"The key {id} is being revoked." : $"The key {body["name"]} ({id}) is revoked.");
        return ExitCodes.Ok;
    }

    private static string? Expiry(string? text) =>
        text is [.. var days, 'd'] && double.TryParse(days, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count is > 0 and < 36_500
            ? TimeProvider.System.GetUtcNow().AddDays(count).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : text;
}
