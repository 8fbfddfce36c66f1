using System.Collections.Concurrent;
using Workers.Engine.Store;

namespace Workers.Sqlite.Native;

/// <summary>
/// Read-only connections to the file. In WAL mode they neither wait for the writer nor hold it up. What file, disk or memory keep them from reading is
/// <see cref="StoreUnavailableException"/>.
/// </summary>
internal sealed class Readers(string path) : IDisposable
{
    private readonly ConcurrentBag<Connection> _idle = [];

    /// <summary>A connection of the caller's own.</summary>
    public Connection Open()
    {
        try
        {
            var connection = Connection.OpenReader(path);
            connection.Tell = Tell;
            connection.Execute("PRAGMA query_only = 1; PRAGMA cache_size = -8192; PRAGMA mmap_size = 1073741824;");
            return connection;
        }
        catch (SqliteFailure failure)
        {
            throw Tell(failure);
        }
    }

    /// <summary>Runs a short read on a connection that is free.</summary>
    public T Read<T>(Func<Connection, T> read)
    {
        if (!_idle.TryTake(out var connection))
        {
            connection = Open();
        }

        T result;
        try
        {
            result = read(connection);
        }
        catch
        {
            // It may stand in the middle of a statement, which would keep the log from being checkpointed.
            connection.Dispose();
            throw;
        }

        _idle.Add(connection);
        return result;
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private Exception Tell(SqliteFailure failure) => failure.IsOfFile || failure.IsDamage || failure.IsBusy
        ? new StoreUnavailableException($"{path} could not be read: {failure.Message}", failure)
        : failure;
}
