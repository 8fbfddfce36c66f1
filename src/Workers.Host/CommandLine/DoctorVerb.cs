using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Health;
using Workers.Host.CommandLine.Doctor;

namespace Workers.Host.CommandLine;

/// <summary>
/// Checks what the program depends on and says what to do about what is not well, whether a process serves or not. It changes nothing but probes, which it takes out again;
/// and it asks everything, however much of it fails.
/// </summary>
internal static class DoctorVerb
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Make(Terminal terminal)
    {
        var json = CommonOptions.Json();
        return new Command("doctor", "Check every dependency and say what to do") { json }.Does(async parsed =>
        {
            var settings = CommonOptions.Settings(parsed, terminal);
            List<Finding> found =
            [
                .. FileChecks.Look(settings.Options), .. await ServerChecks.LookAsync(settings.Options), .. await ProcessChecks.LookAsync(settings),
            ];
            if (parsed.GetValue(json))
            {
                terminal.Line(new JsonArray([.. found.Select(Json)]).ToJsonString(Indented));
            }
            else
            {
                Say(found, terminal);
            }

            return found.Exists(finding => finding.State == FindingState.Failed) ? ExitCodes.Unavailable : ExitCodes.Ok;
        });
    }

    private static void Say(List<Finding> found, Terminal terminal)
    {
        var table = new Table("check", "state", "detail");
        foreach (var finding in found)
        {
            table.Add(finding.Check, Name(finding.State), finding.Detail);
        }

        table.Write(terminal.Out, json: false);
        foreach (var finding in found.Where(finding => finding.Remedy is not null))
        {
            terminal.Line("");
            terminal.Line($"{finding.Check}: {finding.Remedy}");
        }
    }

    private static JsonNode Json(Finding finding) => new JsonObject
    {
        ["check"] = finding.Check,
        ["state"] = Name(finding.State),
        ["detail"] = finding.Detail,
        ["remedy"] = finding.Remedy,
    };

    private static string Name(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Warning => "warning",
        _ => "failed",
    };
}
