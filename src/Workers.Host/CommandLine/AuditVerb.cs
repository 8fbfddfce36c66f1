using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workers.Engine.Projections;
using Workers.Host.Configuration;
using Workers.Host.Roles;
using Workers.MongoDb;
using Workers.Sqlite;

namespace Workers.Host.CommandLine;

/// <summary>Verifies the audit trail where it is kept, whether a process serves or not, and exports it through the one that does.</summary>
internal static class AuditVerb
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Make(Terminal terminal)
    {
        var from = new Option<string?>("--from") { Description = "The first day (UTC), such as 2026-01-31; all if not said", HelpName = "DAY" };
        var to = new Option<string?>("--to") { Description = "The last day (UTC)", HelpName = "DAY" };
        var json = CommonOptions.Json();
        return new Command("audit", "Verify and export the audit trail")
        {
            new Command("verify", "Look for entries that were changed, taken out or put in; exits 1 where there are any") { from, to, json }.Does(parsed =>
            {
                var days = new AuditDays(DayOf(parsed.GetValue(from), "--from") ?? 0, DayOf(parsed.GetValue(to), "--to") ?? int.MaxValue);
                return Task.FromResult(days.From > days.To
                    ? throw new ConfigurationException("--from must not be after --to")
                    : Verify(CommonOptions.Settings(parsed, terminal).Options, days, terminal, parsed.GetValue(json)));
            }),
            AuditExporting.Make(terminal),
        };
    }

    private static int Verify(WorkersOptions options, AuditDays days, Terminal terminal, bool json)
    {
        void Progress(long entries) => terminal.Progress(string.Create(CultureInfo.InvariantCulture, $"{entries:N0} entries"));
        var found = options.HasMongoDb()
            ? MongoDbModule.VerifyAudit(Adapters.MongoDb(options), days, Progress, CancellationToken.None)
            : SqliteFile.VerifyAudit(EmbeddedFile.PathIn(options), days, Progress, CancellationToken.None);
        terminal.ProgressEnd();
        if (found is null)
        {
            terminal.Fail($"There is no audit trail in {Path.GetFullPath(options.Data)}; name the data directory with --data.");
            return ExitCodes.Unavailable;
        }

        if (json)
        {
            terminal.Line(Json(found).ToJsonString(Indented));
        }
        else
        {
            Say(found, terminal);
        }

        return found.Breaks.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Say(AuditVerification found, Terminal terminal)
    {
        var trimmed = found.Trimmed == 0 ? "" : $"; the entries of {found.Trimmed:N0} more chains were deleted by retention";
        if (found.Breaks.Count == 0)
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{found.Entries:N0} entries in {found.Chains:N0} chains: none was changed, taken out or put in{trimmed}."));
            return;
        }

        var table = new Table("day", "partition", "entry", "what", "problem");
        foreach (var broken in found.Breaks)
        {
            table.Add(AuditBreak.DateOf(broken.Day), broken.Partition.ToString(), broken.Id?.ToString() ?? "-", Name(broken.Kind), broken.Problem);
        }

        table.Write(terminal.Out, json: false);
        var first = found.Breaks[0];
        var which = first.Id is { } id ? $"entry {id}" : "the end";
        terminal.Fail(string.Create(CultureInfo.InvariantCulture, $"{found.Breaks.Count} of {found.Chains:N0} chains do not add up. The first: {which} of {first.Partition} on {AuditBreak.DateOf(first.Day)}."));
        terminal.Error.WriteLine(Remedy(first));
    }

    private static string Remedy(AuditBreak broken) => broken.Kind switch
    {
        AuditBreakKind.PutIn => "Look for it in backups and exports: it is in none from before somebody put it in. Find out who can write to the store; what was written before and after it stands.",
        AuditBreakKind.Missing => "Compare with a backup or an export of that day for what was there, and find out who can write to the store. While the log has that day, a store made anew from it has the entries.",
        _ => "Compare with a backup or an export of that day for what it was, and find out who can write to the store. While the log has that day, a store made anew from it has the entry as it was.",
    };

    private static JsonObject Json(AuditVerification found) => new()
    {
        ["entries"] = found.Entries,
        ["chains"] = found.Chains,
        ["trimmed_chains"] = found.Trimmed,
        ["breaks"] = new JsonArray([.. found.Breaks.Select(broken => new JsonObject
        {
            ["day"] = AuditBreak.DateOf(broken.Day),
            ["topic"] = broken.Partition.Topic,
            ["partition"] = broken.Partition.Number,
            ["id"] = broken.Id?.ToString(),
            ["kind"] = Name(broken.Kind),
            ["problem"] = broken.Problem,
            ["remedy"] = Remedy(broken),
        })]),
    };

    private static string Name(AuditBreakKind kind) => kind switch
    {
        AuditBreakKind.Changed => "changed",
        AuditBreakKind.Missing => "missing",
        _ => "put_in",
    };

    private static int? DayOf(string? text, string option) => text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year >= 1970
            ? date.DayNumber - new DateOnly(1970, 1, 1).DayNumber
            : throw new ConfigurationException($"{option} must be a day such as 2026-01-31");
}
