using System.Text;
using MySqlConnector;

namespace Workers.MySql.Connections;

/// <summary>A prepared statement of a session, kept for its next use. Values are added in the order of its question marks.</summary>
internal sealed class Statement : IValues, IDisposable
{
    private readonly MySqlCommand _command;
    private readonly MySqlParameter[] _parameters;
    private int _next;

    public Statement(MySqlConnection connection, string sql)
    {
        _command = new MySqlCommand(sql, connection);
        _parameters = [.. Enumerable.Range(0, sql.Count(c => c == '?')).Select(_ => new MySqlParameter { MySqlDbType = MySqlDbType.Blob })];
        _command.Parameters.AddRange(_parameters);
    }

    /// <summary>The first value that the server made up for AUTO_INCREMENT in the last run.</summary>
    public long FirstInserted => _command.LastInsertedId;

    public Statement Add(long value) => Set(MySqlDbType.Int64, value);

    public Statement Add(string? value) => Set(MySqlDbType.VarChar, value);

    /// <summary>Text for a binary column: its UTF-8.</summary>
    public Statement AddUtf8(string value) => Set(MySqlDbType.Blob, Encoding.UTF8.GetBytes(value));

    public Statement Add(byte[]? value) => Set(MySqlDbType.Blob, value);

    public Statement Add(Guid value) => Set(MySqlDbType.Blob, value.ToByteArray(bigEndian: true));

    public Statement Add(Guid? value) => Set(MySqlDbType.Blob, value?.ToByteArray(bigEndian: true));

    IValues IValues.Add(long value) => Add(value);

    IValues IValues.Add(string? value) => Add(value);

    IValues IValues.AddUtf8(string value) => AddUtf8(value);

    IValues IValues.Add(byte[]? value) => Add(value);

    IValues IValues.Add(Guid value) => Add(value);

    IValues IValues.Add(Guid? value) => Add(value);

    IValues IValues.AddSeq(long value) => Add(value);

    /// <summary>Runs it. The number of rows that were changed.</summary>
    public int Run()
    {
        Prepare();
        return _command.ExecuteNonQuery();
    }

    public List<T> Read<T>(Func<Row, T> read)
    {
        Prepare();
        using var reader = _command.ExecuteReader();
        var (row, found) = (new Row(reader), new List<T>());
        while (reader.Read())
        {
            found.Add(read(row));
        }

        return found;
    }

    public T? First<T>(Func<Row, T> read)
        where T : class
    {
        var rows = Read(read);
        return rows.Count == 0 ? null : rows[0];
    }

    public void Dispose() => _command.Dispose();

    // The library knows no limit for this: what hangs is left to the connection's end.
    private void Prepare()
    {
        _next = 0;
        if (!_command.IsPrepared)
        {
            _command.PrepareAsync().WaitAsync(TimeSpan.FromSeconds(_command.CommandTimeout)).GetAwaiter().GetResult();
        }
    }

    private Statement Set(MySqlDbType type, object? value)
    {
        var parameter = _parameters[_next++];
        if (parameter.MySqlDbType != type)
        {
            parameter.MySqlDbType = type;
        }

        parameter.Value = value ?? DBNull.Value;
        return this;
    }
}

/// <summary>The row that a reader stands on.</summary>
internal readonly struct Row(MySqlDataReader reader)
{
    public long Int64(int column) => reader.GetInt64(column);

    public int Int32(int column) => reader.GetInt32(column);

    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>Text of a binary column.</summary>
    public string Utf8(int column) => Encoding.UTF8.GetString(Bytes(column));

    public byte[] Bytes(int column) => (byte[])reader.GetValue(column);

    public byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : Bytes(column);

    public Guid Guid(int column) => new(Bytes(column), bigEndian: true);

    public Guid? GuidOrNull(int column) => reader.IsDBNull(column) ? null : Guid(column);
}
