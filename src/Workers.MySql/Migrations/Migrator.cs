using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Workers.Engine.Identity;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.Migrations;

/// <summary>
/// Brings the database's schema up to date while no other process does. What was applied is known by number and hash. Throws
/// <see cref="StoreOpenException"/> where the database is newer, or a script was changed since.
/// </summary>
internal static class Migrator
{
    private const int WaitSeconds = 60;

    public static void Apply(Session session, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger logger)
    {
        var name = LockName(session.Server, "migrate");
        if (!TryLock(session, name, WaitSeconds))
        {
            throw new StoreOpenException(
                $"Another process has been changing the schema of {session.Server.Name} for {WaitSeconds} seconds; let it end, or end it, and start again.");
        }

        try
        {
            ApplyMissing(session, migrations, time, logger);
            EventGuard.Make(session, logger);
            session["INSERT INTO installation(id, secret, shards) VALUES(1, ?, ?) ON DUPLICATE KEY UPDATE id = id"]
                .Add(RandomNumberGenerator.GetBytes(FingerprintKey.Length)).Add(RandomNumberGenerator.GetBytes(8)).Run();
        }
        finally
        {
            Release(session, name);
        }
    }

    /// <summary>A lock of all processes on this database, held by the connection. False: somebody else has it.</summary>
    public static bool TryLock(Session session, string name, int seconds) =>
        session["SELECT COALESCE(GET_LOCK(?, ?), 0)"].Add(name).Add(seconds).Read(r => r.Int64(0))[0] == 1;

    public static void Release(Session session, string name)
    {
        // A connection that is gone has released it.
        if (session.IsOpen)
        {
            session["SELECT RELEASE_LOCK(?)"].Add(name).Read(_ => 0);
        }
    }

    /// <summary>Names of locks are the server's, not the database's, and at most 64 characters.</summary>
    public static string LockName(Server server, string what) =>
        $"workers.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(server.Database))[..12])}.{what}";

    private static void ApplyMissing(Session session, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger logger)
    {
        session.Execute("""
            CREATE TABLE IF NOT EXISTS migrations(number INT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, hash CHAR(64) NOT NULL, applied_ms BIGINT NOT NULL)
            ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
            """);
        var applied = session["SELECT number, name, hash FROM migrations ORDER BY number"].Read(r => (Number: r.Int32(0), Name: r.Text(1), Hash: r.Text(2)));
        foreach (var (number, name, hash) in applied)
        {
            if (migrations.FirstOrDefault(m => m.Number == number) is not { } known)
            {
                throw new StoreOpenException(
                    $"{session.Server.Name} was written by a newer version of the program: it has migration {name}, which this one does not know; use that version.");
            }

            if (known.Hash != hash)
            {
                throw new StoreOpenException(
                    $"Migration {known.Name} was changed after it was applied to {session.Server.Name} (as {name}); restore the script, or the database from a backup.");
            }
        }

        foreach (var migration in migrations.Where(m => applied.TrueForAll(a => a.Number != m.Number)))
        {
            session.Execute(migration.Sql);
            session["INSERT INTO migrations(number, name, hash, applied_ms) VALUES(?, ?, ?, ?)"]
                .Add(migration.Number).Add(migration.Name).Add(migration.Hash).Add(time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
            LogMessages.Migrated(logger, migration.Name, session.Server.Name);
        }
    }
}
