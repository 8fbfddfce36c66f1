using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Workers.Conformance.Sqlite;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.MySql;

namespace Workers.Conformance.MySql;

/// <summary>A database of its own on the server that <c>WORKERS_TEST_MYSQL</c> names. The log is the embedded one.</summary>
internal sealed class MySqlStores : Stores
{
    private readonly ManualTime _time = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workers-mysql-");
    private readonly string _server;
    private readonly Func<MySqlOptions, MySqlOptions>? _configure;
    private SqliteStores? _log;
    private MySqlDatabase? _database;

    public MySqlStores(Func<MySqlOptions, MySqlOptions>? configure = null)
    {
        _configure = configure;
        _server = Environment.GetEnvironmentVariable(NeedsMySqlAttribute.Variable)!;
        Name = $"workers_{Guid.NewGuid():N}";
        _database = Open();
    }

    public string Name { get; }

    public MySqlDatabase Database => _database!;

    public MySqlOptions Options => Configured(new MySqlOptions { ConnectionString = ConnectionString, MarksDirectory = _directory.FullName });

    public string ConnectionString => new MySqlConnectionStringBuilder(_server) { Database = Name, Pooling = false }.ConnectionString;

    public override ILog Log => (_log ??= new SqliteStores()).Log;

    public override IStateStore State => Database.State;

    public override IPartitionGrowth Growth => Database.Growth;

    public override IReadModelStore ReadModels => throw new NotSupportedException();

    public override IAuditStore Audit => throw new NotSupportedException();

    public override IMetricsStore Metrics => Database.Metrics;

    public override IWorkerStore Workers => Database.Workers;

    public override void Reopen()
    {
        _database?.Dispose();
        _database = Open();
    }

    /// <summary>Another process's view of the same database.</summary>
    public MySqlDatabase Open() => MySqlDatabase.Open(Options, _time, NullLogger.Instance);

    /// <summary>Runs SQL beside the store.</summary>
    public object? Execute(string sql)
    {
        using var connection = new MySqlConnection(ConnectionString);
        connection.Open();
        using var command = new MySqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    public override Task TrimOutcomesAsync(TimeSpan since)
    {
        _time.Now = Sample.Start + since;
        return Database.TrimAsync();
    }

    /// <summary>Everything stored so far is older than retention.</summary>
    public override async Task TrimEverythingOldAsync()
    {
        _time.Now = Sample.Start + Options.OutcomeRetention + TimeSpan.FromMinutes(1);
        await Database.TrimAsync();
    }

    public override void Damage(LogRecord record) => throw new NotSupportedException();

    public override void Falsify(Guid auditEntry) => throw new NotSupportedException();

    public override void Remove(Guid auditEntry) => throw new NotSupportedException();

    public override void Age(string worker, TimeSpan by) => Execute($"UPDATE workers SET at = at - {(long)by.TotalMilliseconds} WHERE id = '{worker}'");

    public override void PutIn(AuditEntry entry, AuditEntry last, int entries) => throw new NotSupportedException();

    public override void Dispose()
    {
        _database?.Dispose();
        _log?.Dispose();
        Execute($"DROP DATABASE `{Name}`");
        _directory.Delete(recursive: true);
    }

    private sealed class ManualTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Sample.Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private MySqlOptions Configured(MySqlOptions options) => _configure?.Invoke(options) ?? options;
}
