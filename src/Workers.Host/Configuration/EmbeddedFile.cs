using Workers.Engine.Store;
using Workers.Sqlite;

namespace Workers.Host.Configuration;

/// <summary>The one file of the embedded shape, in the data directory.</summary>
internal static class EmbeddedFile
{
    public const string Name = "workers.db";

    public static string PathIn(WorkersOptions options) => Path.Combine(Path.GetFullPath(options.Data), Name);

    /// <summary>How the store opens it; makes the data directory.</summary>
    /// <exception cref="StoreOpenException">The directory cannot be made.</exception>
    public static SqliteOptions Open(WorkersOptions options)
    {
        var directory = Path.GetFullPath(options.Data);
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The data directory {directory} cannot be made ({e.Message}); make it or name another with --data.", e);
        }

        return new SqliteOptions
        {
            Path = PathIn(options),
            Partitions = options.Log.Partitions,
            Retention = options.Log.Retention,
            OutcomeRetention = options.Outcomes.Retention,
            MaxBytes = options.Log.MaxBytes,
            KeepsOutbox = options.HasKafka(),
        };
    }
}
