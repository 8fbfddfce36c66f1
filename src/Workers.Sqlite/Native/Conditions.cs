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

    public override string ToString() => _conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", _conditions);
}
