using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.State;

/// <summary>The outbox in the embedded file, for a log that is elsewhere.</summary>
internal sealed class SqliteOutbox(string installation, Readers readers) : IOutboxStore
{
    public string Installation => installation;

    public Task<IReadOnlyList<OutboxBatch>> ReadAsync(string group, PartitionId partition, long afterSeq, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<OutboxBatch>>(readers.Read(connection => new OutboxTable(connection).After(group, partition, afterSeq, limit)));
}
