using Workers.Engine.Store;
using Workers.MongoDb.Native;

namespace Workers.MongoDb;

/// <summary>One piece of work on a connection of its own, by the thread that asks for it: for the command line.</summary>
internal static class MongoOnce
{
    /// <exception cref="StoreUnavailableException">The server does not answer, or not as is needed.</exception>
    public static T Run<T>(MongoDbOptions options, Func<MongoClient, T> work)
    {
        using var pool = new MongoPool(options.ConnectionString, options.Database, 1);
        var client = pool.Take();
        try
        {
            return work(client);
        }
        catch (MongoFailure failure)
        {
            throw new StoreUnavailableException($"MongoDB at {pool.Hosts}: {failure.Message}", failure);
        }
        finally
        {
            pool.Return(client);
        }
    }
}
