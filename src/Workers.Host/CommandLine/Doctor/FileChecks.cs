using Workers.Engine.Health;
using Workers.Engine.Store;
using Workers.Host.Configuration;
using Workers.Sqlite;

namespace Workers.Host.CommandLine.Doctor;

/// <summary>The data directory and what lies in it.</summary>
internal static class FileChecks
{
    private const long LittleSpace = 1L << 30;

    public static IEnumerable<Finding> Look(WorkersOptions options)
    {
        yield return Directory(options);
        yield return Space(options);
        if (options.HasSqlite())
        {
            yield return Content(options);
            yield return Schema(options);
        }
    }

    private static Finding Directory(WorkersOptions options)
    {
        const string name = "data directory";
        var directory = Path.GetFullPath(options.Data);
        try
        {
            System.IO.Directory.CreateDirectory(directory);
            var probe = Path.Combine(directory, $".probe-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return Finding.Good(name, directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Bad(name, e.Message, $"Let this user write to {directory}, or name another with --data.");
        }
    }

    private static Finding Space(WorkersOptions options)
    {
        const string name = "disk space";
        try
        {
            var free = new DriveInfo(Path.GetFullPath(options.Data)).AvailableFreeSpace;
            return free < LittleSpace
                ? Finding.Doubtful(name, $"{free >> 20:N0} MiB free", "Make room, or lower Workers:Log:MaxBytes: a full disk stops the program.")
                : Finding.Good(name, $"{free >> 30:N0} GiB free");
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return Finding.Doubtful(name, $"not known: {e.Message}", "Look by hand.");
        }
    }

    private static Finding Content(WorkersOptions options)
    {
        const string name = "database";
        var path = EmbeddedFile.PathIn(options);
        if (!File.Exists(path))
        {
            return Finding.Good(name, "not made yet");
        }

        try
        {
            if (SqliteFile.Check(path) is { } damage)
            {
                return Finding.Bad(name, damage, "Restore it from a backup.");
            }

            if (!options.HasKafka() && SqliteFile.Partitions(path) is { } there && there != options.Log.Partitions)
            {
                return Finding.Bad(
                    name, $"{path} has {there} partitions, but {options.Log.Partitions} are configured",
                    $"Set Workers:Log:Partitions={there}" + (options.Log.Partitions > there ? $", or change the file with 'Workers.Host partitions --to {options.Log.Partitions}'." : "."));
            }

            return Finding.Good(name, $"{path}, {new FileInfo(path).Length:N0} bytes, every page well");
        }
        catch (StoreOpenException e)
        {
            return Finding.Bad(name, e.Message, "Let this user read it, or put a backup in its place.");
        }
    }

    private static Finding Schema(WorkersOptions options)
    {
        const string name = "schema";
        try
        {
            var path = EmbeddedFile.PathIn(options);
            if (SqliteFile.Newer(path) is { } newer)
            {
                return Finding.Bad(name, $"a newer version of the program has applied {newer}", "Use that version.");
            }

            var pending = SqliteFile.Migrations(path).Count(m => m.AppliedAt is null);
            return Finding.Good(name, pending == 0 ? "up to date" : $"{pending} migrations are applied at the next start");
        }
        catch (StoreOpenException e)
        {
            return Finding.Bad(name, e.Message, "Put a backup in its place.");
        }
    }
}
