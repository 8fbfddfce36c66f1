using SQLitePCL;
using Workers.Engine.Store;
using Workers.Sqlite.Migrations;
using Workers.Sqlite.Native;

namespace Workers.Sqlite;

/// <summary>What is done with the embedded file beside serving it. Only reads it, so a running process is not disturbed.</summary>
public static class SqliteFile
{
    private const int PagesAtOnce = 1_000;

    /// <summary>Scripts that were applied to the file, and those of this program that were not yet (null); all of them where there is no file.</summary>
    /// <exception cref="StoreOpenException">The file cannot be read.</exception>
    public static IReadOnlyList<(string Name, DateTimeOffset? AppliedAt)> Migrations(string path)
    {
        var applied = new SortedDictionary<int, (string Name, DateTimeOffset? AppliedAt)>();
        if (File.Exists(path))
        {
            Read(path, connection =>
            {
                var tables = connection["SELECT count(*) FROM sqlite_master WHERE name = 'migrations'"];
                if (!tables.Step() || tables.Int32(0) == 0)
                {
                    return;
                }

                var rows = connection["SELECT number, name, applied_ms FROM migrations"];
                while (rows.Step())
                {
                    applied.Add(rows.Int32(0), (rows.Text(1), DateTimeOffset.FromUnixTimeMilliseconds(rows.Int64(2))));
                }
            });
        }

        foreach (var known in Migration.All)
        {
            applied.TryAdd(known.Number, (known.Name, null));
        }

        return [.. applied.Values];
    }

    /// <summary>Reads every page; null where all is well, else what is wrong with the first bad one.</summary>
    /// <exception cref="StoreOpenException">The file cannot be read.</exception>
    public static string? Check(string path)
    {
        var result = "";
        Read(path, connection =>
        {
            var check = connection["PRAGMA quick_check(1)"];
            check.Step();
            result = check.Text(0).ReplaceLineEndings(" ");
        });
        return result == "ok" ? null : result;
    }

    /// <summary>
    /// Writes the file as it stands at this moment to <paramref name="target"/>, which must not exist and appears when it is whole.
    /// </summary>
    /// <param name="path">The embedded file.</param>
    /// <param name="target">The copy.</param>
    /// <param name="progress">Called with the part done, 0 to 1.</param>
    /// <exception cref="StoreOpenException">Either file cannot be opened, or the disk is full.</exception>
    public static void Backup(string path, string target, Action<double> progress)
    {
        var unfinished = target + ".part";
        try
        {
            File.Delete(unfinished);
            Read(path, source =>
            {
                // Within one reading transaction, so that all pages are of one moment whatever is written meanwhile.
                source.Execute("BEGIN; SELECT count(*) FROM sqlite_master");
                using var copy = Connection.OpenWriter(unfinished);
                Copy(source, copy, progress);
            });
            File.Move(unfinished, target, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"{target} cannot be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static void Copy(Connection source, Connection copy, Action<double> progress)
    {
        using var backup = raw.sqlite3_backup_init(copy.Raw, "main", source.Raw, "main");
        int code;
        do
        {
            code = raw.sqlite3_backup_step(backup, PagesAtOnce);
            var pages = Math.Max(1, raw.sqlite3_backup_pagecount(backup));
            progress(1 - ((double)raw.sqlite3_backup_remaining(backup) / pages));
        }
        while (code == raw.SQLITE_OK);

        if (code != raw.SQLITE_DONE)
        {
            throw new SqliteFailure(code, raw.sqlite3_errstr(code).utf8_to_string());
        }
    }

    private static void Read(string path, Action<Connection> read)
    {
        FileCheck.Header(path);
        try
        {
            using var connection = Connection.OpenReader(path);
            read(connection);
        }
        catch (SqliteFailure failure)
        {
            throw FileCheck.Explain(failure, path);
        }
    }
}
