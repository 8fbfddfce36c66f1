using Workers.Conformance.Redis;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Sqlite;
using Workers.Sqlite.Native;

namespace Workers.Conformance.Sqlite;

/// <summary>The embedded file in a temporary directory.</summary>
internal sealed class SqliteStores : Stores
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workers-conformance-");
    private readonly ManualTime _time = new(Sample.Start);
    private readonly SqliteOptions _options;
    private readonly IPositionStore[] _others;
    private SqliteDatabase? _database;

    /// <param name="others">Stores of positions beside the files.</param>
    public SqliteStores(Func<SqliteOptions, SqliteOptions>? configure = null, params IPositionStore[] others)
    {
        _others = others;
        _options = new SqliteOptions { Path = Path.Combine(_directory.FullName, "workers.db") };
        _options = configure?.Invoke(_options) ?? _options;
        _database = Open();
    }

    public SqliteDatabase Database => _database!;

    public LogLines Logger { get; } = new();

    public string File => _options.Path;

    public override ILog Log => Database.Log;

    public override IStateStore State => Database.State;

    public override IPartitionGrowth Growth => Database.Growth;

    public override IReadModelStore ReadModels => Database.ReadModels;

    public override ICqrsStore Cqrs => Database.Cqrs;

    public override IAuditStore Audit => Database.Audit;

    public override IMetricsStore Metrics => Database.Metrics;

    public override IWorkerStore Workers => Database.Workers;

    public override void Reopen()
    {
        Close();
        _database = Open();
    }

    public void Close()
    {
        _database?.Dispose();
        _database = null;
    }

    /// <summary>Runs SQL on the closed file and opens it again.</summary>
    public void Tamper(string sql) => Tamper(File, sql);

    public void TamperReads(string sql) => Tamper(SqliteFile.ReadsOf(File), sql);

    private void Tamper(string file, string sql)
    {
        Close();
        using (var connection = Connection.OpenWriter(file))
        {
            connection.Execute(sql);
        }

        _database = Open();
    }

    public override Task TrimOutcomesAsync(TimeSpan since)
    {
        _time.Now = Sample.Start + since;
        return Database.TrimLogAsync();
    }

    public override async Task TrimEverythingOldAsync()
    {
        await Database.TrimLogAsync();
        _time.Now += _options.Retention + TimeSpan.FromMinutes(1);
        await Database.TrimLogAsync();
    }

    public override void Damage(LogRecord record) =>
        Tamper($"UPDATE log SET record = CAST(substr(record, 1, length(record) - 1) || x'00' AS BLOB) WHERE seq = {record.Offset}");

    public override void Falsify(Guid auditEntry) =>
        TamperReads($"DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor = 'somebody else' WHERE id = {Blob(auditEntry)}");

    public override void Remove(Guid auditEntry) => TamperReads($"DROP TRIGGER audit_is_never_deleted; DELETE FROM audit WHERE id = {Blob(auditEntry)}");

    public override void RemoveDay(int day) =>
        TamperReads($"DROP TRIGGER audit_is_never_deleted; DELETE FROM audit WHERE day = {day}; DELETE FROM audit_heads WHERE day = {day}");

    public override void Move(Guid auditEntry, long atMs) =>
        TamperReads($"DROP TRIGGER audit_is_never_changed; UPDATE audit SET at = {atMs} WHERE id = {Blob(auditEntry)}");

    public override void Age(string worker, TimeSpan by) => TamperReads($"UPDATE workers SET at = at - {(long)by.TotalMilliseconds} WHERE id = '{worker}'");

    public override void PutIn(AuditEntry entry, AuditEntry last, int entries) => TamperReads($"""
        INSERT INTO audit(id, day, topic, part, off, at, entity_type, entity_id, action, type, actor, changes, outcome, hash)
        SELECT {Blob(entry.Id)}, day, topic, part, {entry.Offset}, {entry.AtMs}, entity_type, entity_id, action, type, actor, changes, outcome,
            x'{Convert.ToHexString(AuditChain.Hash(last.Hash, entry))}' FROM audit WHERE id = {Blob(last.Id)}
        """);

    public override void Dispose()
    {
        Close();
        _directory.Delete(recursive: true);
    }

    private static string Blob(Guid id) => $"x'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'";

    private SqliteDatabase Open() => SqliteDatabase.Open(_options, _time, Logger, () => _others);

    private sealed class ManualTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
