using System.CommandLine;
using Workers.Host.Configuration;
using Workers.Sqlite;

namespace Workers.Host.CommandLine;

/// <summary>Copies the embedded files as they stand, while the program serves or not.</summary>
internal static class BackupVerb
{
    public static Command Make(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The copy of workers.db; that of reads.db gets the same name with .reads" };
        return new Command("backup", "Copy the embedded files, also while they are served") { file }.Does(parsed =>
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

        string[] copies = [target, SqliteFile.ReadsOf(target)];
        if (copies.FirstOrDefault(Path.Exists) is { } there)
        {
            terminal.Fail($"{there} exists; name another file.");
            return ExitCodes.Usage;
        }

        SqliteFile.Backup(source, target, part => terminal.Progress($"{part:P0}"));
        terminal.ProgressEnd();
        foreach (var copy in copies)
        {
            terminal.Line($"{copy}: {new FileInfo(copy).Length:N0} bytes");
        }

        return ExitCodes.Ok;
    }
}
