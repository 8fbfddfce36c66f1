using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite;

/// <summary>
/// Tells a damaged file before anything is built on it. The header always; the pages (<c>quick_check</c>) only of files up to 16 MiB, since it
/// reads all of them: a process that was killed damages nothing, and a record of the log has a checksum of its own.
/// </summary>
internal static class FileCheck
{
    private const long SmallFile = 16 << 20;

    public static void Header(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var header = new byte[16];
            if (file.Length > 0 && (file.ReadAtLeast(header, 16, throwOnEndOfStream: false) < 16 || !header.AsSpan().SequenceEqual("SQLite format 3\0"u8)))
            {
                throw new StoreOpenException($"{path} is not a database; move it away or put a backup in its place.");
            }
        }
        catch (FileNotFoundException)
        {
            // A new one.
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StoreOpenException($"{path} cannot be read by this user; change its owner or mode.", exception);
        }
    }

    public static void Content(Connection connection, string path)
    {
        if (new FileInfo(path).Length > SmallFile)
        {
            return;
        }

        var check = connection["PRAGMA quick_check(1)"];
        check.Step();
        var result = check.Text(0);
        check.Reset();
        if (result != "ok")
        {
            throw Damaged(path, result, null);
        }
    }

    public static StoreOpenException Explain(SqliteFailure failure, string path) => failure switch
    {
        { IsDamage: true } => Damaged(path, failure.Message, failure),
        { IsBusy: true } => new StoreOpenException($"{path} is locked by another process; stop it first.", failure),
        { IsFull: true } => new StoreOpenException($"The disk that holds {path} is full.", failure),
        { IsReadOnly: true } => ReadOnly(path, failure),
        _ => new StoreOpenException($"{path} cannot be opened: {failure.Message}", failure),
    };

    public static StoreOpenException ReadOnly(string path, Exception? inner = null) =>
        new($"{path} cannot be written; change its owner or mode, or mount its file system for writing.", inner);

    private static StoreOpenException Damaged(string path, string detail, Exception? inner) => new(
        $"{path} is damaged ({detail.ReplaceLineEndings(" ").TrimEnd('.')}); move it away or put a backup in its place.", inner);
}
