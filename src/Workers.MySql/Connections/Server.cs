using System.Globalization;
using MySqlConnector;
using Workers.Engine.Store;

namespace Workers.MySql.Connections;

/// <summary>Where the database is, and how a connection to it is made.</summary>
internal sealed class Server
{
    private readonly string _connection;
    private readonly string _serverOnly;
    private readonly int _seconds;
    private string? _limit;

    /// <summary>Throws <see cref="StoreOpenException"/> where the connection string cannot be read or names no database.</summary>
    public Server(MySqlOptions options)
    {
        var builder = Parse(options.ConnectionString);
        _seconds = Math.Max(1, (int)options.Timeout.TotalSeconds);
        (Database, TextRows) = (builder.Database, options.TextRows);
        Name = string.Create(CultureInfo.InvariantCulture, $"{builder.Server}:{builder.Port}/{builder.Database}");
        Account = builder.UserID;
        (builder.Pooling, builder.UseAffectedRows, builder.AutoEnlist) = (false, true, false);
        (builder.PersistSecurityInfo, builder.TreatTinyAsBoolean, builder.GuidFormat) = (false, false, MySqlGuidFormat.None);

        // A statement that takes too long is given up with its connection; a second one that asked to end it would wait for the same server.
        builder.CancellationTimeout = -1;
        (builder.DefaultCommandTimeout, builder.ConnectionTimeout) = ((uint)_seconds, (uint)Math.Min(_seconds, 5));
        _connection = builder.ConnectionString;
        builder.Database = "";
        _serverOnly = builder.ConnectionString;
    }

    public string Database { get; }

    /// <summary>Server, port and database, for people.</summary>
    public string Name { get; }

    public string Account { get; }

    /// <summary>About how many bytes a statement of many rows may have.</summary>
    public long StatementBytes { get; private set; } = 1 << 20;

    /// <summary>Rows up to which a flush goes as a text.</summary>
    public int TextRows { get; }

    /// <summary>As the server says it; known once a connection was made.</summary>
    public string Version { get; private set; } = "";

    private bool IsMariaDb => Version.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <summary>A connection to no database in particular, to make ours.</summary>
    public MySqlConnection ConnectServer() => Opened(_serverOnly);

    public MySqlConnection Connect(bool writes)
    {
        var connection = Opened(_connection);
        try
        {
            Learn(connection);
            Run(connection, string.Create(CultureInfo.InvariantCulture, $"""
                SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
                SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO',
                    SESSION innodb_lock_wait_timeout = {Math.Max(1, _seconds * 2 / 3)}, SESSION auto_increment_increment = 1, SESSION {_limit};
                """));
            if (writes)
            {
                Run(connection, "SET autocommit = 0, SESSION wait_timeout = 5");
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Learn(MySqlConnection connection)
    {
        if (_limit is not null)
        {
            return;
        }

        using var command = new MySqlCommand("SELECT VERSION(), @@max_allowed_packet", connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        Version = reader.GetString(0);
        StatementBytes = Math.Min(4L << 20, reader.GetInt64(1) / 2);

        // Of MySQL only selects can be limited; the rest by the client's own timeout.
        _limit = IsMariaDb
            ? string.Create(CultureInfo.InvariantCulture, $"max_statement_time = {_seconds}")
            : string.Create(CultureInfo.InvariantCulture, $"max_execution_time = {_seconds * 1_000}");
    }

    /// <summary>Throws <see cref="StoreOpenException"/> where the server is older than what we write SQL for.</summary>
    public void CheckVersion()
    {
        var parts = Version.Split('.', '-');
        var known = int.TryParse(parts[0], CultureInfo.InvariantCulture, out var major) & int.TryParse(parts.ElementAtOrDefault(1), CultureInfo.InvariantCulture, out var minor);
        if (known && (IsMariaDb ? (major, minor).CompareTo((10, 6)) < 0 : major < 8))
        {
            throw new StoreOpenException($"The server at {Name} is {Version}; MySQL 8.0 or MariaDB 10.6, or newer, is needed.");
        }
    }

    private static MySqlConnection Opened(string text)
    {
        var connection = new MySqlConnection(text);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Run(MySqlConnection connection, string sql)
    {
        using var command = new MySqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static MySqlConnectionStringBuilder Parse(string text)
    {
        MySqlConnectionStringBuilder builder;
        try
        {
            builder = new MySqlConnectionStringBuilder(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException or OverflowException or MySqlException)
        {
            // Neither the text nor the library's message, which may have part of a password in it.
            throw new StoreOpenException("The connection string of MySQL cannot be read; it looks like Server=…;Port=3306;Database=…;User ID=…;Password=…");
        }

        return builder.Database.Length > 0
            ? builder
            : throw new StoreOpenException("The connection string of MySQL names no database; add Database=…");
    }
}
