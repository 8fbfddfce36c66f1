using System.Globalization;
using System.Text;
using MySqlConnector;

namespace Workers.MySql.Connections;

/// <summary>
/// A small flush as two texts: what must change a known number of rows, and the rest, which goes with the COMMIT. Two round trips, where statements one by one
/// would be seven or more. Values are literals that no value can leave: numbers, hexadecimals, and names of harmless characters.
/// </summary>
internal sealed class Script : IWrites, IValues
{
    /// <summary>Stands for the first event that the text writes, until it is known.</summary>
    public const long FirstEvent = long.MinValue;

    private readonly StringBuilder _known = new();
    private readonly StringBuilder _rest = new();
    private StringBuilder _text;
    private string[] _parts = [];
    private int _part;
    private int _expected;

    public Script() => _text = _known;

    /// <summary>What is to be run before COMMIT.</summary>
    public string Rest => _rest.ToString();

    public bool Insert<T>(
        string head, int columns, string tail, IReadOnlyList<T> rows, int? expects, Func<T, int> size, Action<IValues, T> bind, Action<long>? written = null)
    {
        if (rows.Count == 0)
        {
            return true;
        }

        Begin(expects);
        _text.Append(head).Append(" VALUES ");
        for (var i = 0; i < rows.Count; i++)
        {
            Fill(i == 0 ? "(" : ",(", ",", columns, ")");
            bind(this, rows[i]);
        }

        _text.Append(' ').Append(tail).Append(";\n");
        written?.Invoke(FirstEvent);
        return true;
    }

    public bool Run(string sql, int? expects, Action<IValues> bind)
    {
        Begin(expects);
        (_parts, _part) = (sql.Split('?'), 0);
        _text.Append(_parts[0]);
        bind(this);
        _text.Append(";\n");
        return true;
    }

    public void InLists<T>(string before, IReadOnlyList<T> keys, Action<IValues>? first, Action<IValues, T> bind)
    {
        if (keys.Count == 0)
        {
            return;
        }

        Begin(null);
        (_parts, _part) = (before.Split('?'), 0);
        _text.Append(_parts[0]);
        first?.Invoke(this);
        Fill("", ",", keys.Count, ");\n");
        foreach (var key in keys)
        {
            bind(this, key);
        }
    }

    /// <summary>Runs the first text. False where something else was changed than expected: it is to be undone, and done one by one to see what it was.</summary>
    public bool RunKnown(MySqlConnection connection, out long firstEvent)
    {
        using var command = new MySqlCommand(_known.Append("SELECT LAST_INSERT_ID()").ToString(), connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        firstEvent = reader.GetInt64(0);
        while (reader.NextResult())
        {
        }

        return reader.RecordsAffected == _expected;
    }

    public IValues Add(long value) => Put(value.ToString(CultureInfo.InvariantCulture));

    public IValues Add(string? value) => value switch
    {
        null => Put("NULL"),
        _ when value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':') => Put($"'{value}'"),
        _ => Put($"CONVERT({Hex(Encoding.UTF8.GetBytes(value))} USING utf8mb4)"),
    };

    public IValues AddUtf8(string value) => Put(Hex(Encoding.UTF8.GetBytes(value)));

    public IValues Add(byte[]? value) => Put(value is null ? "NULL" : Hex(value));

    public IValues Add(Guid value) => Put(Hex(value.ToByteArray(bigEndian: true)));

    public IValues Add(Guid? value) => value is { } guid ? Add(guid) : Put("NULL");

    public IValues AddSeq(long value) =>
        value < 0 ? Put(string.Create(CultureInfo.InvariantCulture, $"LAST_INSERT_ID()+{value - FirstEvent}")) : Add(value);

    private static string Hex(byte[] value) => $"x'{Convert.ToHexString(value)}'";

    private void Begin(int? expects)
    {
        _text = expects is null ? _rest : _known;
        _expected += expects ?? 0;
    }

    // Before the first of so many values, between them, and behind the last.
    private void Fill(string before, string between, int count, string behind)
    {
        _text.Append(before);
        (_parts, _part) = ([before, .. Enumerable.Repeat(between, count - 1), behind], 0);
    }

    private Script Put(string literal)
    {
        _text.Append(literal).Append(_parts[++_part]);
        return this;
    }
}
