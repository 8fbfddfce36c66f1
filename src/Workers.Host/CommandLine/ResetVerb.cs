using System.CommandLine;
using Workers.Host.Configuration;
using Workers.Sqlite;

namespace Workers.Host.CommandLine;

/// <summary>Deletes everything that was ever accepted. Only the embedded files go; what else lies in the directory stays.</summary>
internal static class ResetVerb
{
    public static Command Make(Terminal terminal)
    {
        var yes = new Option<bool>("--yes") { Description = "Really" };
        return new Command("reset", "Delete all data") { yes }.Does(parsed =>
        {
            var path = EmbeddedFile.PathIn(CommonOptions.Settings(parsed, terminal).Options);
            return Task.FromResult(Reset(path, parsed.GetValue(yes), terminal));
        });
    }

    private static int Reset(string path, bool really, Terminal terminal)
    {
        if (!File.Exists(path))
        {
            terminal.Line($"There is no {path}.");
            return ExitCodes.Ok;
        }

        if (!really)
        {
            terminal.Fail($"This deletes {path} ({new FileInfo(path).Length:N0} bytes) for good; add --yes.");
            return ExitCodes.Usage;
        }

        using (DataLock.Take(Path.GetDirectoryName(path)!))
        {
            // The database first: a write-ahead log without one is dropped at the next start, the other way round would be an older state.
            var (reads, jobs) = (SqliteFile.ReadsOf(path), SqliteFile.JobsOf(path));
            foreach (var file in new[] { path, path + "-wal", path + "-shm", reads, reads + "-wal", reads + "-shm", jobs, jobs + "-wal", jobs + "-shm" })
            {
                File.Delete(file);
            }
        }

        terminal.Line($"Deleted {path}.");
        return ExitCodes.Ok;
    }
}
