using SQLitePCL;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite;

/// <summary>Copies the file while it is in use: what is committed at the beginning, through SQLite's online backup.</summary>
internal static class Backup
{
    private const int PagesAtOnce = 1_000;

    /// <summary>
    /// Blocks its thread; tells <paramref name="progress"/> the part done, 0 to 1. The file appears under its name when it is whole. The connection is to be
    /// closed after it.
    /// </summary>
    public static void Write(Connection from, string file, Action<double>? progress = null)
    {
        var unfinished = file + ".part";
        try
        {
            File.Delete(unfinished);
            using (var to = Connection.OpenWriter(unfinished))
            {
                // Within one reading transaction, so that all pages are of one moment whatever is written meanwhile.
                from.Execute("BEGIN; SELECT count(*) FROM sqlite_master");
                Copy(from, to, progress);
                Rename(to);
            }

            File.Move(unfinished, file, overwrite: true);
        }
        catch (Exception exception) when (exception is SqliteFailure or StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The backup {file} could not be written: {exception.Message}", exception);
        }
    }

    private static void Copy(Connection from, Connection to, Action<double>? progress)
    {
        using var backup = raw.sqlite3_backup_init(to.Raw, "main", from.Raw, "main");
        int code;
        while ((code = raw.sqlite3_backup_step(backup, PagesAtOnce)) == raw.SQLITE_OK)
        {
            progress?.Invoke(1 - ((double)raw.sqlite3_backup_remaining(backup) / raw.sqlite3_backup_pagecount(backup)));
        }

        if (code != raw.SQLITE_DONE)
        {
            throw to.Failure();
        }
    }

    // The copy's log goes on otherwise than this one: see ILog.Identity. reads.db has no log, a file of an older version no name for it.
    private static void Rename(Connection copy)
    {
        var named = copy["SELECT 1 FROM pragma_table_info('installation') WHERE name = 'log'"];
        var isNamed = named.Step();
        named.Reset();
        if (isNamed)
        {
            copy.Execute("UPDATE installation SET log = randomblob(8)");
        }
    }
}
