using Workers.Contracts;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite.Audit;
using Workers.Sqlite.Migrations;
using Workers.Sqlite.Native;
using Workers.Sqlite.State;

namespace Workers.Sqlite;

/// <summary>
/// What is done with the embedded files beside serving them. Each takes the path of the one with log and state and does the same with the one that
/// belongs to it (<see cref="ReadsOf"/>). Only reads them, so a running process is not disturbed.
/// </summary>
public static class SqliteFile
{
    /// <summary>The file with read models and audit: <c>workers.db</c> → <c>reads.db</c>, any other <c>x.db</c> → <c>x.reads.db</c>.</summary>
    public static string ReadsOf(string path) => Path.GetFileName(path) == "workers.db"
        ? Path.Combine(Path.GetDirectoryName(path)!, "reads.db")
        : Path.ChangeExtension(path, $".reads{Path.GetExtension(path)}");

    /// <summary>The file with when schedules are to be looked at, which is made anew from the state: <c>schedules.db</c>, or <c>x.schedules.db</c>.</summary>
    public static string JobsOf(string path) => Path.GetFileName(path) == "workers.db"
        ? Path.Combine(Path.GetDirectoryName(path)!, "schedules.db")
        : Path.ChangeExtension(path, $".schedules{Path.GetExtension(path)}");

    /// <summary>Scripts that were applied to the files, and those of this program that were not yet (null); all of them where there is no file.</summary>
    /// <exception cref="StoreOpenException">A file cannot be read.</exception>
    public static IReadOnlyList<(string Name, DateTimeOffset? AppliedAt)> Migrations(string path) =>
        [.. Migrations(path, Migration.Main), .. Migrations(ReadsOf(path), Migration.Reads).Select(m => ($"reads/{m.Name}", m.AppliedAt))];

    /// <summary>How many partitions the topics have that are read by key; null where there is no log yet.</summary>
    /// <exception cref="StoreOpenException">The file cannot be read.</exception>
    public static int? Partitions(string path)
    {
        int? found = null;
        if (File.Exists(path))
        {
            Read(path, connection =>
            {
                var rows = connection["SELECT count(*) FROM sqlite_master WHERE name = 'topics'"];
                if (rows.Step() && rows.Int32(0) > 0)
                {
                    rows.Reset();
                    rows = connection["SELECT partitions FROM topics WHERE name = ?"].Add(Topics.Commands);
                    found = rows.Step() ? rows.Int32(0) : null;
                }

                rows.Reset();
            });
        }

        return found;
    }

    /// <summary>By how many partitions keys are placed where the log lies elsewhere; null where that was not noted yet.</summary>
    /// <exception cref="StoreOpenException">The file cannot be read.</exception>
    public static int? StoredPartitions(string path)
    {
        int? found = null;
        if (File.Exists(path))
        {
            Read(path, connection =>
            {
                if (connection["SELECT count(*) FROM sqlite_master WHERE name = 'control'"].RunReturning() > 0)
                {
                    found = GrowthRows.ReadCount(new ControlTable(connection).Find(GrowthRows.Count.Kind, GrowthRows.Count.Name));
                }
            });
        }

        return found;
    }

    /// <summary>A script that a newer version of the program has applied; null where there is none.</summary>
    /// <exception cref="StoreOpenException">A file cannot be read.</exception>
    public static string? Newer(string path) =>
        Unknown(path, Migration.Main) ?? Unknown(ReadsOf(path), Migration.Reads);

    private static string? Unknown(string path, IReadOnlyList<Migration> known) =>
        Migrations(path, known).Select(applied => applied.Name).FirstOrDefault(name => known.All(one => one.Name != name));

    /// <summary>Reads every page; null where all is well, else what is wrong with the first bad one.</summary>
    /// <exception cref="StoreOpenException">A file cannot be read.</exception>
    public static string? Check(string path)
    {
        foreach (var file in new[] { path, ReadsOf(path) }.Where(File.Exists))
        {
            var result = "";
            Read(file, connection =>
            {
                var check = connection["PRAGMA quick_check(1)"];
                check.Step();
                result = check.Text(0).ReplaceLineEndings(" ");
            });
            if (result != "ok")
            {
                return $"{file}: {result}";
            }
        }

        return null;
    }

    /// <summary>As <see cref="IAuditStore.VerifyAsync"/> does it, beside a process that serves or without one; null where there is no trail yet.</summary>
    /// <exception cref="StoreOpenException">The file cannot be read.</exception>
    public static AuditVerification? VerifyAudit(string path, AuditDays days, Action<long> progress, CancellationToken cancellation)
    {
        var file = ReadsOf(path);
        AuditVerification? found = null;
        if (File.Exists(file))
        {
            if (Migrations(file, Migration.Reads).FirstOrDefault(migration => migration.AppliedAt is null).Name is { } pending)
            {
                throw new StoreOpenException($"{file} was not brought up to date ({pending} is missing): run 'Workers.Host migrate', or start the program, first.");
            }

            Read(file, connection => found = AuditCheck.Run(connection, days, progress, cancellation));
        }

        return found;
    }

    /// <summary>Writes the files as they stand at this moment to others, each of which appears when it is whole.</summary>
    /// <param name="path">The embedded file.</param>
    /// <param name="target">The copy; replaced where it exists.</param>
    /// <param name="progress">Called with the part done, 0 to 1.</param>
    /// <exception cref="StoreOpenException">A file cannot be opened, or the disk is full.</exception>
    public static void Backup(string path, string target, Action<double> progress)
    {
        // First what follows the log, so that in the copy too it is never ahead of it.
        var reads = ReadsOf(path);
        if (File.Exists(reads))
        {
            Read(reads, connection => Sqlite.Backup.Write(connection, ReadsOf(target), part => progress(part / 2)));
        }

        Read(path, connection => Sqlite.Backup.Write(connection, target, part => progress((1 + part) / 2)));
    }

    private static IEnumerable<(string Name, DateTimeOffset? AppliedAt)> Migrations(string path, IReadOnlyList<Migration> all)
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

        foreach (var known in all)
        {
            applied.TryAdd(known.Number, (known.Name, null));
        }

        return applied.Values;
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
