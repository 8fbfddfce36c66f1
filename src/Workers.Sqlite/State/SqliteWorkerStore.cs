using Workers.Engine.Store;
using Workers.Sqlite.Native;
using Workers.Sqlite.Writing;

namespace Workers.Sqlite.State;

/// <summary>The process's row, in the file that is not synced: nothing is lost with it.</summary>
internal sealed class SqliteWorkerStore(Writer writer, Readers readers, TimeProvider clock) : IWorkerStore
{
    public Task BeatAsync(string id, byte[] report, CancellationToken cancellation) => writer.Enqueue(context =>
    {
        var now = NowMs;
        context.Connection["INSERT INTO workers(id, at, report) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, report = excluded.report"]
            .Add(id).Add(now).Add(report).Run();
        context.Connection["DELETE FROM workers WHERE at < ?"].Add(now - (long)WorkerRow.KeptFor.TotalMilliseconds).Run();
        return true;
    });

    public Task<IReadOnlyList<WorkerRow>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<WorkerRow>>(readers.Read(connection =>
    {
        var (now, found) = (NowMs, new List<WorkerRow>());
        var rows = connection["SELECT id, at, report FROM workers ORDER BY id"];
        while (rows.Step())
        {
            found.Add(new WorkerRow(rows.Text(0), rows.Int64(1), now - rows.Int64(1), rows.Array(2)));
        }

        return found;
    }));

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
