using System.Globalization;
using Workers.Engine.Store;

namespace Workers.Sqlite;

/// <summary>
/// The data directory belongs to one process: an operating-system lock on <c>{data}/lock</c>, which is freed when the process ends, however it ends.
/// <c>{data}/pid</c> says whose it is (a locked file cannot be read everywhere).
/// </summary>
public sealed class DataLock : IDisposable
{
    private readonly FileStream _lock;

    private DataLock(FileStream held) => _lock = held;

    /// <summary>Throws <see cref="StoreOpenException"/> where another process has the directory, or it cannot be written.</summary>
    public static DataLock Take(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new StoreOpenException($"The data directory {directory} does not exist; create it or name another with --data.");
        }

        var pid = Path.Combine(directory, "pid");
        try
        {
            var held = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pid, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataLock(held);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StoreOpenException($"The data directory {directory} cannot be written by this user; change its owner or mode.", exception);
        }
        catch (IOException exception) when (IsLocked(exception))
        {
            throw new StoreOpenException(
                $"The data directory {directory} is in use by process {Read(pid)}; stop it first or name another directory with --data.", exception);
        }
        catch (Exception exception) when (exception is IOException or ArgumentOutOfRangeException)
        {
            // The second: a file that may not grow further (RLIMIT_FSIZE).
            throw new StoreOpenException($"The data directory {directory} cannot be written: {exception.Message}", exception);
        }
    }

    public void Dispose() => _lock.Dispose();

    // EWOULDBLOCK on Linux and macOS, a sharing violation on Windows.
    private static bool IsLocked(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string Read(string pid)
    {
        try
        {
            return File.ReadAllText(pid).Trim();
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}
