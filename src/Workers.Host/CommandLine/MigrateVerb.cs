using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Workers.Host.Configuration;
using Workers.Sqlite;

namespace Workers.Host.CommandLine;

/// <summary>Brings the embedded file's schema up to date, which serving does by itself too, or says what there is to do.</summary>
internal static class MigrateVerb
{
    public static Command Make(Terminal terminal)
    {
        var info = new Option<bool>("--info") { Description = "Only list what was applied and what is pending" };
        var json = CommonOptions.Json();
        return new Command("migrate", "Bring the schema up to date") { info, json }.Does(parsed =>
        {
            var options = CommonOptions.Settings(parsed, terminal).Options;
            if (!parsed.GetValue(info))
            {
                SqliteDatabase.Open(EmbeddedFile.Open(options), TimeProvider.System, NullLogger.Instance).Dispose();
            }

            var table = new Table("migration", "applied at");
            foreach (var (name, at) in SqliteFile.Migrations(EmbeddedFile.PathIn(options)))
            {
                table.Add(name, at?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "pending");
            }

            table.Write(terminal.Out, parsed.GetValue(json));
            return Task.FromResult(ExitCodes.Ok);
        });
    }
}
