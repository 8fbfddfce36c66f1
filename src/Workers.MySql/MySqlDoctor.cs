using System.Text.RegularExpressions;
using MySqlConnector;
using Workers.Engine.Health;
using Workers.Engine.Store;
using Workers.MySql.Connections;
using Workers.MySql.Migrations;
using Workers.MySql.State;

namespace Workers.MySql;

/// <summary>Looks at the server and the database; changes nothing.</summary>
public static partial class MySqlDoctor
{
    private const string Clock = "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";
    private const long Packet = 16L << 20;
    private static readonly string[] Needed = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "INDEX"];

    /// <param name="partitions">By how many the store's keys are placed; null where that is not known.</param>
    /// <exception cref="StoreOpenException">The connection string cannot be read.</exception>
    public static IReadOnlyList<Finding> Look(MySqlOptions options, TimeProvider time, out int? partitions)
    {
        partitions = null;
        var server = new Server(options);
        try
        {
            using var session = new Session(server, writes: false);
            IReadOnlyList<Finding> found = [.. Look(session, server, time)];
            partitions = session.IsOpen && Has(session, "control")
                ? GrowthRows.ReadCount(ControlTable.Find(session, GrowthRows.Count.Kind, GrowthRows.Count.Name))
                : null;
            return found;
        }
        catch (StoreOpenException error)
        {
            return [Finding.Bad("mysql", error.Message, "Take a newer server.")];
        }
        catch (Exception error) when (Failures.IsOfServer(error))
        {
            return [Away(server, error)];
        }
    }

    private static Finding Away(Server server, Exception error) => Failures.IsOfAccess(error)
        ? Finding.Bad("mysql", $"{server.Name} refuses the account '{server.Account}': {Failures.Reason(error)}", "Check user and password in Workers:MySql:ConnectionString, and that the account may use the database from this machine.")
        : Finding.Bad("mysql", $"{server.Name} cannot be reached: {Failures.Reason(error)}", "Start it, or correct server and port in Workers:MySql:ConnectionString.");

    private static IEnumerable<Finding> Look(Session session, Server server, TimeProvider time)
    {
        var isThere = Open(session, server, out var grants);
        if (!isThere)
        {
            yield return grants.Contains("CREATE")
                ? Finding.Good("mysql", $"{server.Name} answers; the database is made at the first start")
                : Finding.Bad("mysql", $"{server.Name} answers, but has no such database", "Make the database, or give the account CREATE on it.");
            yield break;
        }

        server.CheckVersion();
        yield return Finding.Good("mysql", $"{server.Name} answers, {server.Version}");
        var missing = Needed.Where(needed => !grants.Contains(needed)).ToList();
        yield return missing.Count == 0
            ? Finding.Good("mysql grants", "all that is needed")
            : Finding.Bad("mysql grants", $"the account '{server.Account}' lacks {string.Join(", ", missing)}", $"GRANT {string.Join(", ", missing)} ON the database TO the account.");
        yield return Schema(session);
        var before = time.GetUtcNow().ToUnixTimeMilliseconds();
        var its = session[Clock].Read(row => row.Int64(0))[0];
        yield return Finding.Clock("mysql", its, before, time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var finding in Settings(session))
        {
            yield return finding;
        }
    }

    // Without the database the account's rights are asked for on a connection to none.
    private static bool Open(Session session, Server server, out HashSet<string> grants)
    {
        try
        {
            session.Open();
            grants = Granted(session["SHOW GRANTS"].Read(row => row.Text(0)), server.Database);
            return true;
        }
        catch (MySqlException error) when (Failures.Number(error) == 1049)
        {
            using var connection = server.ConnectServer();
            using var command = new MySqlCommand("SHOW GRANTS", connection);
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
            {
                rows.Add(reader.GetString(0));
            }

            grants = Granted(rows, server.Database);
            return false;
        }
    }

    /// <summary>What may be done in the database, of <c>GRANT SELECT, INSERT ON `db`.* TO …</c>.</summary>
    internal static HashSet<string> Granted(IEnumerable<string> rows, string database)
    {
        var granted = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var match in rows.Select(row => Grant().Match(row)).Where(match => match.Success && Covers(match.Groups["on"].Value, database)))
        {
            var what = match.Groups["what"].Value.Split(',', StringSplitOptions.TrimEntries);
            granted.UnionWith(what.Any(one => one.StartsWith("ALL PRIVILEGES", StringComparison.OrdinalIgnoreCase)) ? Needed : what);
        }

        return granted;
    }

    // In a grant's name of a database _ and % stand for others, unless they are escaped.
    private static bool Covers(string on, string database)
    {
        var name = on.Trim('`').Replace("``", "`", StringComparison.Ordinal);
        if (name == "*")
        {
            return true;
        }

        var pattern = Regex.Escape(name).Replace("\\\\_", "\u0001", StringComparison.Ordinal).Replace("\\\\%", "\u0002", StringComparison.Ordinal)
            .Replace("_", ".", StringComparison.Ordinal).Replace("%", ".*", StringComparison.Ordinal).Replace('\u0001', '_').Replace('\u0002', '%');
        return Regex.IsMatch(database, $"^{pattern}$", RegexOptions.CultureInvariant);
    }

    private static bool Has(Session session, string table) => session[
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?"].Add(table).Read(row => row.Int64(0))[0] > 0;

    private static Finding Schema(Session session)
    {
        const string check = "mysql schema";
        var applied = Has(session, "migrations") ? session["SELECT number, name, hash FROM migrations ORDER BY number"].Read(row => (Number: row.Int32(0), Name: row.Text(1), Hash: row.Text(2))) : [];
        var unknown = applied.Where(one => Migration.All.All(known => known.Number != one.Number)).Select(one => one.Name).ToList();
        var changed = Migration.All.Where(known => applied.Any(one => one.Number == known.Number && one.Hash != known.Hash)).Select(known => known.Name).ToList();
        var pending = Migration.All.Count - applied.Count + unknown.Count;
        return unknown.Count > 0 ? Finding.Bad(check, $"a newer version of the program has applied {string.Join(", ", unknown)}", "Use that version.")
            : changed.Count > 0 ? Finding.Bad(check, $"{string.Join(", ", changed)} was changed after it was applied", "Restore the program, or the database from a backup.")
            : Finding.Good(check, pending == 0 ? "up to date" : $"{pending} migrations are applied at the next start");
    }

    private static IEnumerable<Finding> Settings(Session session)
    {
        var (packet, flush, connections) = session["SELECT @@max_allowed_packet, @@innodb_flush_log_at_trx_commit, @@max_connections"].Read(row => (row.Int64(0), row.Int64(1), row.Int64(2)))[0];
        yield return flush == 1
            ? Finding.Good("mysql durability", "each commit is flushed")
            : Finding.Doubtful("mysql durability", $"innodb_flush_log_at_trx_commit is {flush}: a crash of the machine loses what was told written", "Set it to 1.");
        yield return packet >= Packet
            ? Finding.Good("mysql packets", $"max_allowed_packet {packet >> 20} MiB, max_connections {connections}")
            : Finding.Doubtful("mysql packets", $"max_allowed_packet is {packet >> 20} MiB", "Set it to 16 MiB or more: a large batch cannot be written below.");
    }

    [GeneratedRegex(@"^GRANT (?<what>.+?) ON (?<on>\*|`(?:[^`]|``)+`)\.\* TO ", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Grant();
}
