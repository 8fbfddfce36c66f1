using Workers.Engine.Projections;

namespace Workers.Sqlite.Native;

/// <summary>The WHERE clause of a list with optional filters: conditions whose value is null are left out.</summary>
internal sealed class Conditions
{
    private readonly List<string> _conditions = [];
    private readonly List<object> _values = [];

    /// <summary>A condition with a parameter for each value (text, number or id); left out where the first of them is null.</summary>
    public Conditions Add(string condition, params ReadOnlySpan<object?> values)
    {
        if (values.Length == 0 || values[0] is not null)
        {
            _conditions.Add(condition);
            foreach (var value in values)
            {
                _values.Add(value!);
            }
        }

        return this;
    }

    /// <summary>Adds the values to a statement that was made with <see cref="ToString"/>.</summary>
    public Statement AddTo(Statement statement)
    {
        foreach (var value in _values)
        {
            _ = value switch
            {
                string text => statement.Add(text),
                Guid id => statement.Add(id),
                int number => statement.Add(number),
                long number => statement.Add(number),
                _ => throw new ArgumentException($"{value.GetType()} cannot be a parameter."),
            };
        }

        return statement;
    }

    public bool IsEmpty => _conditions.Count == 0;

    public override string ToString() => _conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", _conditions);
}

internal static class Counting
{
    /// <summary>Rows of a list, counted as far as <see cref="ListTotal.Exact"/>; the size of a whole table beyond that is told from its first and last row.</summary>
    /// <param name="always">A condition that holds for nearly every row.</param>
    public static ListTotal CountList(this Connection connection, string table, string row, Conditions where, string? always = null)
    {
        var whole = where.IsEmpty;
        if (always is not null)
        {
            where.Add(always);
        }

        var rows = where.AddTo(connection[Sql(table, where)]).Add(ListTotal.Exact + 1);
        rows.Step();
        var count = rows.Int64(0);
        rows.Reset();
        return count <= ListTotal.Exact ? new ListTotal(count, false)
            : whole ? new ListTotal(Math.Max(ListTotal.Exact, connection[$"SELECT (SELECT max({row}) FROM {table}) - (SELECT min({row}) FROM {table}) + 1"].RunReturning()), true)
            : new ListTotal(ListTotal.Exact, true);
    }

    /// <summary>The statement that counts, up to its limit.</summary>
    internal static string Sql(string table, Conditions where) => $"SELECT count(*) FROM (SELECT 1 FROM {table} {where} LIMIT ?)";
}
