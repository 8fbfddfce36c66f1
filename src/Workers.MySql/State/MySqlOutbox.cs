using Workers.Engine.Log;
using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>The outbox beside the state.</summary>
internal sealed class MySqlOutbox(string installation, Lane reads) : IOutboxStore
{
    public string Installation => installation;

    public Task<IReadOnlyList<OutboxBatch>> ReadAsync(string group, PartitionId partition, long afterSeq, int limit, CancellationToken cancellation) =>
        reads.Enqueue<IReadOnlyList<OutboxBatch>>(s => s.Ask(t => OutboxTable.After(t, group, partition, afterSeq, limit)), cancellation);
}
