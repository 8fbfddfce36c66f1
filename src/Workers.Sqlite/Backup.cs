using SQLitePCL;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite;

/// <summary>Copies the file while it is in use: what is committed at the beginning, through SQLite's online backup.</summary>
internal static class Backup
{
    /// <summary>Blocks its thread. The file appears under its name when it is whole.</summary>
    public static void Write(Connection from, string file)
    {
        var unfinished = file + ".part";
        try
        {
            File.Delete(unfinished);
            using (var to = Connection.OpenWriter(unfinished))
            {
                using var backup = raw.sqlite3_backup_init(to.Raw, "main", from.Raw, "main");
                var code = raw.sqlite3_backup_step(backup, -1);
                if (code != raw.SQLITE_DONE)
                {
                    throw to.Failure();
                }
            }

            File.Move(unfinished, file, overwrite: true);
        }
        catch (Exception exception) when (exception is SqliteFailure or IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The backup {file} could not be written: {exception.Message}", exception);
        }
    }
}
