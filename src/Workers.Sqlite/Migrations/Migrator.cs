using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Migrations;

/// <summary>A numbered script, applied once.</summary>
/// <param name="Name">File name: <c>001_log.sql</c>.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>Those of the file with log and state, in order.</summary>
    public static IReadOnlyList<Migration> Main { get; } = [.. Load(nameof(Main)).OrderBy(m => m.Number)];

    /// <summary>Those of the file with read models and audit, in order.</summary>
    public static IReadOnlyList<Migration> Reads { get; } = [.. Load(nameof(Reads)).OrderBy(m => m.Number)];

    private static IEnumerable<Migration> Load(string folder)
    {
        var prefix = $"Workers.Sqlite.Migrations.{folder}.";
        var assembly = typeof(Migration).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = resource[prefix.Length..];
            yield return new Migration(int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name, reader.ReadToEnd().ReplaceLineEndings("\n"));
        }
    }
}

/// <summary>Brings a file's schema up to date, in one transaction. What was applied is known by number and hash.</summary>
internal static class Migrator
{
    /// <summary>Within the caller's transaction. Throws <see cref="StoreOpenException"/> where the file is newer, or a script was changed since.</summary>
    public static void Apply(Connection connection, IReadOnlyList<Migration> migrations, string file, TimeProvider time, ILogger logger)
    {
        connection.Execute("""
            CREATE TABLE IF NOT EXISTS migrations(
                number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_ms INTEGER NOT NULL)
            """);
        var applied = Applied(connection);
        foreach (var (number, (name, hash)) in applied)
        {
            if (migrations.FirstOrDefault(m => m.Number == number) is not { } known)
            {
                throw new StoreOpenException(
                    $"{file} was written by a newer version of the program: it has migration {name}, which this one does not know; use that version.");
            }

            if (known.Hash != hash)
            {
                throw new StoreOpenException(
                    $"Migration {known.Name} was changed after it was applied to {file} (as {name}); restore the script, or the file from a backup.");
            }
        }

        foreach (var migration in migrations.Where(m => !applied.ContainsKey(m.Number)))
        {
            connection.Execute(migration.Sql);
            connection["INSERT INTO migrations(number, name, hash, applied_ms) VALUES(?, ?, ?, ?)"]
                .Add(migration.Number).Add(migration.Name).Add(migration.Hash).Add(time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
            LogMessages.Migrated(logger, migration.Name, file);
        }
    }

    private static SortedDictionary<int, (string Name, string Hash)> Applied(Connection connection)
    {
        var applied = new SortedDictionary<int, (string, string)>();
        var rows = connection["SELECT number, name, hash FROM migrations"];
        while (rows.Step())
        {
            applied.Add(rows.Int32(0), (rows.Text(1), rows.Text(2)));
        }

        return applied;
    }
}
