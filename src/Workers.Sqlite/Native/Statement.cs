using System.Runtime.InteropServices;
using System.Text;

namespace Workers.Sqlite.Native;

/// <summary>
/// A prepared statement. Parameters are added in order; what they point to is copied into memory that the statement keeps, so that nothing is
/// allocated a row. <see cref="Run"/> executes and resets; to read rows call <see cref="Step"/> until false (which resets) or <see cref="Reset"/>.
/// </summary>
internal sealed unsafe class Statement : IDisposable
{
    private const int ScratchSize = 16 * 1024;
    private readonly Connection _connection;
    private readonly nint _handle;
    private readonly byte* _scratch = (byte*)NativeMemory.Alloc(ScratchSize);
    private int _used;
    private int _index;
    private bool _disposed;

    public Statement(Connection connection, string sql)
    {
        _connection = connection;
        _handle = connection.PrepareHandle(sql);
    }

    public Statement Add(long value)
    {
        Sqlite3.BindInt64(_handle, ++_index, value);
        return this;
    }

    public Statement Add(long? value) => value is { } number ? Add(number) : AddNull();

    public Statement Add(bool value) => Add(value ? 1 : 0);

    public Statement AddNull()
    {
        Sqlite3.BindNull(_handle, ++_index);
        return this;
    }

    /// <summary>16 big-endian bytes.</summary>
    public Statement Add(Guid value)
    {
        if (ScratchSize - _used < 16)
        {
            return Add(value.ToByteArray(bigEndian: true).AsSpan());
        }

        var at = _scratch + _used;
        value.TryWriteBytes(new Span<byte>(at, 16), bigEndian: true, out _);
        _used += 16;
        Sqlite3.BindBlob(_handle, ++_index, at, 16, Sqlite3.Static);
        return this;
    }

    public Statement Add(Guid? value) => value is { } id ? Add(id) : AddNull();

    public Statement Add(byte[]? value) => value is null ? AddNull() : Add(value.AsSpan());

    public Statement Add(ReadOnlySpan<byte> value)
    {
        if (ScratchSize - _used >= value.Length)
        {
            var at = _scratch + _used;
            value.CopyTo(new Span<byte>(at, value.Length));
            _used += value.Length;
            Sqlite3.BindBlob(_handle, ++_index, at, value.Length, Sqlite3.Static);
        }
        else
        {
            fixed (byte* start = value)
            {
                Sqlite3.BindBlob(_handle, ++_index, start, value.Length, Sqlite3.Transient);
            }
        }

        return this;
    }

    /// <summary>A blob that the caller keeps where it is until the statement was run.</summary>
    public Statement AddPinned(byte* value, int length)
    {
        Sqlite3.BindBlob(_handle, ++_index, value, length, Sqlite3.Static);
        return this;
    }

    public Statement Add(string? value)
    {
        if (value is null)
        {
            return AddNull();
        }

        var room = ScratchSize - _used;
        if (room >= value.Length * 3)
        {
            var at = _scratch + _used;
            var length = Encoding.UTF8.GetBytes(value, new Span<byte>(at, room));
            _used += length;
            Sqlite3.BindText(_handle, ++_index, at, length, Sqlite3.Static);
        }
        else
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            fixed (byte* start = bytes)
            {
                Sqlite3.BindText(_handle, ++_index, start, bytes.Length, Sqlite3.Transient);
            }
        }

        return this;
    }

    /// <summary>Executes and resets.</summary>
    public void Run()
    {
        if (Sqlite3.Step(_handle) != Sqlite3.Done)
        {
            Fail();
        }

        Reset();
    }

    /// <summary>Executes and resets; the number of rows inserted, updated or deleted.</summary>
    public int RunCounting()
    {
        Run();
        return _connection.Changes;
    }

    /// <summary>Executes and resets; the number in the first column of the only row.</summary>
    public long RunReturning()
    {
        if (!Step())
        {
            throw new InvalidOperationException("The statement returned no row.");
        }

        var value = Int64(0);
        while (Step())
        {
            // A statement that returns what it wrote is done only after its last row.
        }

        return value;
    }

    /// <summary>True: there is a row to read. False: that was the last one, and the statement is reset.</summary>
    public bool Step()
    {
        var code = Sqlite3.Step(_handle);
        if (code == Sqlite3.Row)
        {
            return true;
        }

        if (code != Sqlite3.Done)
        {
            Fail();
        }

        Reset();
        return false;
    }

    public void Reset()
    {
        Sqlite3.Reset(_handle);
        _index = 0;
        _used = 0;
    }

    public bool IsNull(int column) => Sqlite3.ColumnType(_handle, column) == 5;

    public long Int64(int column) => Sqlite3.ColumnInt64(_handle, column);

    public int Int32(int column) => (int)Sqlite3.ColumnInt64(_handle, column);

    /// <summary>Bytes of a blob or text, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        // In this order: the pointer first, then the length of what it points to.
        var start = Sqlite3.ColumnBlob(_handle, column);
        return new(start, Sqlite3.ColumnBytes(_handle, column));
    }

    public byte[] Array(int column) => Bytes(column).ToArray();

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public Guid Guid(int column) => new(Bytes(column), bigEndian: true);

    public Guid? GuidOrNull(int column) => IsNull(column) ? null : Guid(column);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _ = Sqlite3.Finalize(_handle);
        NativeMemory.Free(_scratch);
    }

    private void Fail()
    {
        var failure = _connection.Failure();
        Reset();
        throw failure;
    }
}
