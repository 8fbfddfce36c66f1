namespace Workers.Engine.Log;

/// <summary>The log's part in giving the keyed topics more partitions. Where the log is in the store's file, that does it.</summary>
public interface ILogGrowth : IDisposable
{
    /// <summary>How many partitions the keyed topics have, the fewest and the most of them; null where there is no log yet.</summary>
    /// <exception cref="Store.StoreOpenException">It cannot be asked, or some of the topics are not there.</exception>
    (int Fewest, int Most)? Partitions();

    /// <summary>Other processes that read the log as members of a group, as people can find them.</summary>
    /// <exception cref="Store.StoreOpenException">It cannot be asked.</exception>
    IReadOnlyList<string> Members();

    /// <summary>Gives each keyed topic that has fewer so many partitions, and returns when all of them are there.</summary>
    /// <exception cref="GrowthRefusedException">The log has said no: none was made, and none will be.</exception>
    /// <exception cref="Store.StoreOpenException">Not all of them are there; some may be, or may still come.</exception>
    void Grow(int partitions);
}

/// <summary>The log does not let topics have more partitions. The message is one sentence: of what, why, and what to do about it.</summary>
public sealed class GrowthRefusedException(string message, Exception? inner = null) : Exception(message, inner);
