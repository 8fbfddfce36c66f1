using Workers.Engine.Store;
using Workers.MySql.Connections;

namespace Workers.MySql.State;

/// <summary>A row a process, by the server's clock: those of the processes differ.</summary>
internal sealed class MySqlWorkerStore(Server server) : IWorkerStore, IDisposable
{
    private const string Now = "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";
    private readonly Lane _lane = new(new Session(server, writes: false), "mysql workers");

    public Task BeatAsync(string id, byte[] report, CancellationToken cancellation) => _lane.Enqueue(
        session => session.Ask(s =>
        {
            s[$"INSERT INTO workers(id, at, report) VALUES(?, {Now}, ?) ON DUPLICATE KEY UPDATE at = VALUES(at), report = VALUES(report)"].AddUtf8(id).Add(report).Run();
            s[$"DELETE FROM workers WHERE at < {Now} - ?"].Add((long)WorkerRow.KeptFor.TotalMilliseconds).Run();
            return true;
        }),
        cancellation);

    public Task<IReadOnlyList<WorkerRow>> ListAsync(CancellationToken cancellation) => _lane.Enqueue<IReadOnlyList<WorkerRow>>(
        session => session.Ask(s => s[$"SELECT id, at, {Now} - at, report FROM workers ORDER BY id"].Read(
            row => new WorkerRow(row.Utf8(0), row.Int64(1), row.Int64(2), row.Bytes(3)))),
        cancellation);

    public void Dispose() => _lane.Dispose();
}
