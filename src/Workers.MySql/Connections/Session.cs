using System.Globalization;
using System.Text;
using MySqlConnector;

namespace Workers.MySql.Connections;

/// <summary>
/// One connection, used by one thread at a time: opened when it is needed, given up after a failure and opened anew. Statements are prepared once and kept.
/// </summary>
/// <param name="writes">True: autocommit is off, and the server ends the session when the process is silent for 5 seconds, with its locks.</param>
internal sealed class Session(Server server, bool writes) : IWrites, IDisposable
{
    // Rows of a statement; a list is written with as few statements as these allow.
    private static readonly int[] Sizes = [500, 100, 20, 5, 1];

    private readonly Dictionary<string, Statement> _statements = [];
    private readonly Dictionary<(string Head, int Rows), Statement> _rows = [];
    private MySqlConnection? _connection;
    private long _openedAt;

    public Server Server => server;

    /// <summary>False before the first use and after a failure.</summary>
    public bool IsOpen => _connection is not null;

    public MySqlConnection Connection => _connection ?? throw new InvalidOperationException("The session is not open.");

    public Statement this[string sql] => _statements.TryGetValue(sql, out var known) ? known : _statements[sql] = new Statement(Connection, sql);

    public void Open()
    {
        if (_connection is null)
        {
            (_connection, _openedAt) = (server.Connect(writes), Environment.TickCount64);
        }
    }

    /// <summary>Between transactions: a connection that is older than this is given up, and opened anew when it is needed.</summary>
    public void Renew(TimeSpan lifetime)
    {
        if (IsOpen && Environment.TickCount64 - _openedAt > lifetime.TotalMilliseconds)
        {
            Drop();
        }
    }

    /// <summary>Runs SQL as it stands.</summary>
    public void Execute(string sql)
    {
        using var command = new MySqlCommand(sql, Connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Keeps the connection alive; a dead one is given up. The library's own ping would wait for ever for a server that stands still.</summary>
    public void Ping()
    {
        if (!IsOpen)
        {
            return;
        }

        try
        {
            Execute("DO 0");
        }
        catch (Exception error) when (Failures.IsOfServer(error))
        {
            Drop();
        }
    }

    /// <param name="last">Statements that go with it.</param>
    public void Commit(string last) => Execute(last + "COMMIT");

    /// <summary>Undoes what the transaction has done; where the server does not answer it does that itself.</summary>
    public void Rollback()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (Exception error) when (Failures.IsOfServer(error))
        {
            Drop();
        }
    }

    public bool Insert<T>(
        string head, int columns, string tail, IReadOnlyList<T> rows, int? expects, Func<T, int> size, Action<IValues, T> bind, Action<long>? written = null)
    {
        var (at, changed) = (0, 0);
        while (at < rows.Count)
        {
            var count = Fitting(rows, at, size);
            var statement = Rows(head, columns, tail, count);
            for (var i = at; i < at + count; i++)
            {
                bind(statement, rows[i]);
            }

            changed += statement.Run();
            written?.Invoke(statement.FirstInserted);
            at += count;
        }

        return expects is null || changed == expects;
    }

    public bool Run(string sql, int? expects, Action<IValues> bind)
    {
        bind(this[sql]);
        return this[sql].Run() is var changed && (expects is null || changed == expects);
    }

    public void InLists<T>(string before, IReadOnlyList<T> keys, Action<IValues>? first, Action<IValues, T> bind) =>
        InLists(before, keys, first, bind, static s => s.Run());

    /// <summary>The same with what is done with each statement; lists are padded with their last key.</summary>
    public void InLists<T>(string before, IReadOnlyList<T> keys, Action<IValues>? first, Action<IValues, T> bind, Action<Statement> run)
    {
        foreach (var (start, count, padded) in Lists.Of(keys.Count))
        {
            if (!_rows.TryGetValue((before, padded), out var statement))
            {
                var sql = new StringBuilder(before, before.Length + (padded * 2)).Append('?').Insert(before.Length + 1, ",?", padded - 1).Append(')');
                _rows[(before, padded)] = statement = new Statement(Connection, sql.ToString());
            }

            first?.Invoke(statement);
            for (var i = 0; i < padded; i++)
            {
                bind(statement, keys[start + Math.Min(i, count - 1)]);
            }

            run(statement);
        }
    }

    /// <summary>Gives the connection up; the server undoes what was not committed.</summary>
    public void Drop()
    {
        var connection = _connection;
        _connection = null;
        _statements.Clear();
        _rows.Clear();
        try
        {
            connection?.Dispose();
        }
        catch (Exception error) when (Failures.IsOfServer(error))
        {
            // It was dead.
        }
    }

    public void Dispose() => Drop();

    private int Fitting<T>(IReadOnlyList<T> rows, int at, Func<T, int> size)
    {
        var (bytes, fits) = (0L, 0);
        while (fits < Sizes[0] && at + fits < rows.Count && (bytes += size(rows[at + fits])) <= server.StatementBytes)
        {
            fits++;
        }

        return Sizes.First(s => s <= Math.Max(1, fits));
    }

    private Statement Rows(string head, int columns, string tail, int count)
    {
        if (!_rows.TryGetValue((head, count), out var statement))
        {
            var row = new StringBuilder("(?").Insert(2, ",?", columns - 1).Append(')').ToString();
            var sql = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{head} VALUES {row}").Insert(head.Length + 8 + row.Length, $",{row}", count - 1);
            _rows[(head, count)] = statement = new Statement(Connection, sql.Append(' ').Append(tail).ToString());
        }

        return statement;
    }
}
