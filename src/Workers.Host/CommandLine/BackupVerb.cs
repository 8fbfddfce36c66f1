using System.CommandLine;
using Workers.Host.Configuration;
using Workers.Sqlite;

namespace Workers.Host.CommandLine;

/// <summary>Copies the embedded file as it stands, while the program serves or not.</summary>
internal static class BackupVerb
{
    public static Command Make(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The copy; must not exist" };
        return new Command("backup", "Copy the embedded file, also while it is served") { file }.Does(parsed =>
        {
            var source = EmbeddedFile.PathIn(CommonOptions.Settings(parsed, terminal).Options);
            var target = Path.GetFullPath(parsed.GetRequiredValue(file));
            return Task.FromResult(Copy(source, target, terminal));
        });
    }

    private static int Copy(string source, string target, Terminal terminal)
    {
        if (!File.Exists(source))
        {
            terminal.Fail($"There is no {source} to copy; name the data directory with --data.");
            return ExitCodes.Unavailable;
        }

        if (Path.Exists(target))
        {
            terminal.Fail($"{target} exists; name another file.");
            return ExitCodes.Usage;
        }

        SqliteFile.Backup(source, target, part => terminal.Progress($"{part:P0}"));
        terminal.ProgressEnd();
        terminal.Line($"{target}: {new FileInfo(target).Length:N0} bytes");
        return ExitCodes.Ok;
    }
}
