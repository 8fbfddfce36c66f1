namespace Workers.MongoDb;

/// <summary>Where MongoDB is. A class, not a record: nothing prints the connection string by accident.</summary>
public sealed class MongoDbOptions
{
    /// <summary>
    /// <c>mongodb://[user:password@]host[:port][,…]/[?options]</c>. Where it does not say them: <c>serverSelectionTimeoutMS</c> 3,000,
    /// <c>connectTimeoutMS</c> 3,000, <c>socketTimeoutMS</c> 10,000. A server selection of less than 1,000 has no time to find a server again after a
    /// broken connection.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Made when the first document is written.</summary>
    public string Database { get; init; } = "workers";

    /// <summary>Reads at a time, each on a thread and a connection of its own; two more of both write.</summary>
    public int Readers { get; init; } = 8;
}
