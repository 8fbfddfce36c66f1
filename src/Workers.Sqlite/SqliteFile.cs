using Workers.Engine.Store;
using Workers.Sqlite.Migrations;
using Workers.Sqlite.Native;

namespace Workers.Sqlite;

/// <summary>What is done with the embedded file beside serving it. Only reads it, so a running process is not disturbed.</summary>
public static class SqliteFile
{
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

    /// <summary>Writes the file as it stands at this moment to another, which appears when it is whole.</summary>
    /// <param name="path">The embedded file.</param>
    /// <param name="target">The copy; replaced where it exists.</param>
    /// <param name="progress">Called with the part done, 0 to 1.</param>
    /// <exception cref="StoreOpenException">Either file cannot be opened, or the disk is full.</exception>
    public static void Backup(string path, string target, Action<double> progress) =>
        Read(path, connection => Sqlite.Backup.Write(connection, target, progress));

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
