using Microsoft.Extensions.Logging;
using MySqlConnector;
using Workers.Engine.Identity;
using Workers.Engine.Metrics;
using Workers.Engine.Store;
using Workers.MySql.Connections;
using Workers.MySql.Metrics;
using Workers.MySql.Migrations;
using Workers.MySql.State;

namespace Workers.MySql;

/// <summary>
/// The state store in MySQL 8 or MariaDB from 10.6, shared by any number of processes. Disposing finishes what was submitted; a process that dies loses nothing
/// that it was told is written.
/// </summary>
public sealed class MySqlDatabase : IDisposable
{
    private readonly Readers _readers;
    private readonly MySqlStateStore _state;
    private readonly MySqlMetricsStore _metrics;
    private readonly MySqlWorkerStore _workers;
    private readonly OutcomeTrimmer _trimmer;
    private int _disposed;

    private MySqlDatabase(Server server, byte[] secret, byte[] shards, MySqlOptions options, TimeProvider time, ILogger logger)
    {
        _readers = new Readers(server, options);
        var installation = Convert.ToHexStringLower(shards);
        _state = new MySqlStateStore(server, _readers, OpenMarks(options.MarksDirectory, installation), installation);
        Growth = new MySqlGrowth(server);
        _metrics = new MySqlMetricsStore(server, _readers);
        _workers = new MySqlWorkerStore(server);
        _trimmer = new OutcomeTrimmer(server, options, time, logger);
        Secret = new FingerprintKey(secret);
        LogMessages.Opened(logger, server.Name);
    }

    public IStateStore State => _state;

    public IPartitionGrowth Growth { get; }

    public IMetricsStore Metrics => _metrics;

    public IWorkerStore Workers => _workers;

    /// <summary>Made with the database and kept for its life.</summary>
    public FingerprintKey Secret { get; }

    /// <summary>
    /// Connects, makes the database where it is missing, and brings its schema up to date. Throws <see cref="StoreOpenException"/>: not reachable, no access,
    /// too old a server, a newer schema, a changed script.
    /// </summary>
    public static MySqlDatabase Open(MySqlOptions options, TimeProvider time, ILogger logger) => Open(options, Migration.All, time, logger);

    /// <summary>Deletes outcomes and callers' keys that retention allows now. The number of rows deleted; 0 where another process is at it.</summary>
    public Task<int> TrimAsync() => _trimmer.TrimAsync();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _trimmer.Dispose();
            _metrics.Dispose();
            _workers.Dispose();
            _state.Dispose();
            _readers.Dispose();
        }
    }

    internal static MySqlDatabase Open(MySqlOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger logger)
    {
        var server = new Server(options);
        try
        {
            using var session = new Session(server, writes: false);
            try
            {
                session.Open();
            }
            catch (MySqlException error) when (Failures.Number(error) == 1049)
            {
                Make(server, logger);
                session.Open();
            }

            server.CheckVersion();
            Migrator.Apply(session, migrations, time, logger);
            var row = session["SELECT secret, shards FROM installation WHERE id = 1"].Read(r => (r.Bytes(0), r.Bytes(1)))[0];
            return new MySqlDatabase(server, row.Item1, row.Item2, options, time, logger);
        }
        catch (Exception error) when (Failures.IsOfServer(error))
        {
            throw Cannot(server, error);
        }
    }

    // Named after the installation: another one's partitions have the same names.
    private static ExecutionMarks OpenMarks(string? directory, string installation)
    {
        if (directory is null)
        {
            return ExecutionMarks.Open(null);
        }

        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"{directory} cannot be made: {error.Message}", error);
        }

        return ExecutionMarks.Open(Path.Combine(directory, $"executing-{installation}"));
    }

    private static void Make(Server server, ILogger logger)
    {
        using var connection = server.ConnectServer();
        using var command = new MySqlCommand(
            $"CREATE DATABASE IF NOT EXISTS `{server.Database.Replace("`", "``", StringComparison.Ordinal)}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", connection);
        command.ExecuteNonQuery();
        LogMessages.Made(logger, server.Name);
    }

    private static StoreOpenException Cannot(Server server, Exception error) => new(
        Failures.IsOfAccess(error)
            ? $"MySQL at {server.Name} refuses the account '{server.Account}': {Failures.Reason(error)}; check user and password, and that it may use (or make) the database."
            : Failures.IsLost(error)
                ? $"MySQL at {server.Name} cannot be reached: {Failures.Reason(error)}; check server and port, and that it is running."
                : $"The state store in {server.Name} cannot be opened: {Failures.Reason(error)}",
        error);
}
