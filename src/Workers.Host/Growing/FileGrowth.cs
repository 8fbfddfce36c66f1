using Workers.Engine.Log;
using Workers.Host.Configuration;
using Workers.Sqlite;

namespace Workers.Host.Growing;

/// <summary>The log in the embedded file: it grows with what the store keeps, in one transaction.</summary>
internal sealed class FileGrowth(WorkersOptions options) : ILogGrowth
{
    public (int Fewest, int Most)? Partitions() => SqliteFile.Partitions(EmbeddedFile.PathIn(options)) is { } count ? (count, count) : null;

    // The directory is one process's.
    public IReadOnlyList<string> Members() => [];

    public void Grow(int partitions)
    {
    }

    public void Dispose()
    {
    }
}
