using SQLitePCL;

namespace Workers.Sqlite.Native;

/// <summary>A call into SQLite that failed.</summary>
internal sealed class SqliteFailure(int code, string message) : Exception($"SQLite error {code}: {message}.")
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    private int Primary => Code & 0xff;

    /// <summary>A row that must be unique is there already, or a trigger refused.</summary>
    public bool IsConstraint => Primary == raw.SQLITE_CONSTRAINT;

    public bool IsBusy => Primary is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    public bool IsInterrupted => Primary == raw.SQLITE_INTERRUPT;

    /// <summary>No room; SHMSIZE: for the index of the write-ahead log, which is made at the opening.</summary>
    public bool IsFull => Primary == raw.SQLITE_FULL || Code == raw.SQLITE_IOERR_SHMSIZE;

    public bool IsReadOnly => Primary == raw.SQLITE_READONLY;

    /// <summary>Not this statement but the file, disk or memory is the trouble: SQLite may have rolled the transaction back.</summary>
    public bool IsOfFile => Primary is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_NOMEM or raw.SQLITE_BUSY or raw.SQLITE_READONLY
        or raw.SQLITE_NOTADB or raw.SQLITE_INTERRUPT or raw.SQLITE_CANTOPEN or raw.SQLITE_PROTOCOL;

    /// <summary>The file is no database, or damaged.</summary>
    public bool IsDamage => Primary is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
