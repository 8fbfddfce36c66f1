using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.MongoDb;
using Workers.MongoDb.Audit;

namespace Workers.Conformance.MongoDb;

/// <summary>A database of its own on the server that <c>WORKERS_TEST_MONGODB</c> names. It has neither a log nor states.</summary>
internal sealed class MongoStores : Stores
{
    public const string Variable = "WORKERS_TEST_MONGODB";

    private readonly string _name = $"workers_test_{Guid.NewGuid():N}";
    private readonly string _connectionString;

    public MongoStores()
    {
        _connectionString = ConnectionString;
        Database = Open();
    }

    public static string ConnectionString
    {
        get
        {
            var server = Environment.GetEnvironmentVariable(Variable);
            if (string.IsNullOrEmpty(server))
            {
                Assert.Ignore($"Needs a MongoDB server: set {Variable} to its connection string.");
            }

            return server!;
        }
    }

    public MongoDatabase Database { get; private set; }

    public override ILog Log => throw new NotSupportedException();

    public override IStateStore State => throw new NotSupportedException();

    public override IReadModelStore ReadModels => Database.ReadModels;

    public override ICqrsStore Cqrs => Database.Cqrs;

    public override IAuditStore Audit => Database.Audit;

    /// <summary>Another process on the same database.</summary>
    /// <param name="connectionString">Another way to the server.</param>
    public MongoDatabase Open(string? connectionString = null) => new(
        new MongoDbOptions { ConnectionString = connectionString ?? _connectionString, Database = _name, Readers = 2 }, TimeProvider.System, NullLogger.Instance);

    public T Run<T>(Func<MongoClient, T> work) => Database.Run(work, CancellationToken.None).GetAwaiter().GetResult();

    public override Task<PositionRow?> PositionAsync(string group, PartitionId partition) =>
        Database.Run(client => Positions.Find(client, group, partition), CancellationToken.None);

    public override void Reopen()
    {
        Database.Dispose();
        Database = Open();
    }

    public override Task TrimEverythingOldAsync() => throw new NotSupportedException();

    public override void Damage(LogRecord record) => throw new NotSupportedException();

    public override void Falsify(Guid auditEntry) => Set("audit", auditEntry.ToString(), new JsonObject { ["actor"] = "somebody else" });

    public override void Remove(Guid auditEntry) => Run(client => client.Command(new JsonObject
    {
        ["delete"] = "audit",
        ["deletes"] = new JsonArray(new JsonObject { ["q"] = new JsonObject { ["_id"] = auditEntry.ToString() }, ["limit"] = 1 }),
    }));

    public override void RemoveDay(int day) => Run(client =>
    {
        var filter = new JsonObject { ["chain"] = new JsonObject { ["$regex"] = $"^{day}/" } };
        return Documents.Delete(client, AuditTable.Entries, filter) + Documents.Delete(client, AuditTable.Heads, new JsonObject { ["_id"] = new JsonObject { ["$regex"] = $"^{day}/" } });
    });

    public override void Move(Guid auditEntry, long atMs) => Set("audit", auditEntry.ToString(), new JsonObject { ["at"] = atMs });

    public override void PutIn(AuditEntry entry, AuditEntry last, int entries) => Run(client => client.Write(
        AuditTable.Entries, [MongoWrite.Insert(AuditDocument.Write(entry, ChainKey.Of(entry), entries + 1, AuditChain.Hash(last.Hash, entry)))]));

    /// <summary>Changes a document behind the store's back.</summary>
    public void Set(string collection, string id, JsonObject members) =>
        Run(client => client.Write(collection, [MongoWrite.Update(new JsonObject { ["_id"] = id }, new JsonObject { ["$set"] = members })]));

    public override void Dispose()
    {
        Run(client => client.Command(new JsonObject { ["dropDatabase"] = 1 }));
        Database.Dispose();
    }
}
