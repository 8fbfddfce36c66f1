using System.Text;
using Workers.Engine.Repositories;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.ReadModels;

/// <summary>
/// A specification as a condition of <c>read_models m</c>. Names come from <see cref="QueryField"/>, values are parameters. Each comparison is 0 or 1,
/// never null, so that <c>NOT</c> means the rest.
/// </summary>
internal sealed class SpecificationSql(string type)
{
    private readonly StringBuilder _sql = new();
    private readonly List<object> _values = [];

    public SpecificationSql Add(string sql, params ReadOnlySpan<object> values)
    {
        _sql.Append(sql);
        foreach (var value in values)
        {
            _values.Add(value);
        }

        return this;
    }

    public SpecificationSql Add(Specification specification) => specification switch
    {
        Specification.AllOf all => Join(all.Parts, " AND ", "1"),
        Specification.AnyOf any => Join(any.Parts, " OR ", "0"),
        Specification.Not not => Add("NOT (").Add(not.Part).Add(")"),
        Specification.Compared compared => Compare(compared),
        _ => throw new ArgumentException($"{specification.GetType()} is not known.", nameof(specification)),
    };

    /// <summary>Where a field's values stand.</summary>
    public static string Column(QueryField field) => field.Name switch
    {
        "created_at" => "m.created",
        "updated_at" => "m.updated",
        "version" => "m.version",
        var name => $"json_extract(m.{(field.IsText ? "fields" : "numbers")}, '$.{name}')",
    };

    /// <summary>The statement with its parameters, for one use.</summary>
    public Statement Prepare(Connection connection)
    {
        var statement = new Statement(connection, _sql.ToString());
        foreach (var value in _values)
        {
            _ = value is string text ? statement.Add(text) : statement.Add((long)value);
        }

        return statement;
    }

    private SpecificationSql Join(IReadOnlyList<Specification> parts, string word, string empty)
    {
        Add(parts.Count == 0 ? empty : "(");
        for (var i = 0; i < parts.Count; i++)
        {
            Add(i == 0 ? "" : word).Add(parts[i]);
        }

        return Add(parts.Count == 0 ? "" : ")");
    }

    private SpecificationSql Compare(Specification.Compared compared)
    {
        var column = Column(compared.Field);
        return compared.Comparison switch
        {
            Comparison.Equal when compared.Field.IsText => Among(compared, "IN"),
            Comparison.NotEqual when compared.Field.IsText => Among(compared, "NOT IN"),
            Comparison.In when compared.Field.IsText => Among(compared, "IN"),
            Comparison.Equal => Add($"{column} IS ?", compared.Values[0]),
            Comparison.NotEqual => Add($"{column} IS NOT ?", compared.Values[0]),
            Comparison.In => Add($"coalesce({column} IN (").List(compared.Values).Add("), 0)"),
            Comparison.Greater => Add($"coalesce({column} > ?, 0)", compared.Values[0]),
            Comparison.GreaterOrEqual => Add($"coalesce({column} >= ?, 0)", compared.Values[0]),
            Comparison.Less => Add($"coalesce({column} < ?, 0)", compared.Values[0]),
            Comparison.LessOrEqual => Add($"coalesce({column} <= ?, 0)", compared.Values[0]),
            Comparison.Contains => Add($"coalesce(instr({column}, ?) > 0, 0)", compared.Values[0]),
            Comparison.StartsWith => Add($"coalesce(substr({column}, 1, length(?)) = ?, 0)", compared.Values[0], compared.Values[0]),
            _ => Add($"{column} IS NULL"),
        };
    }

    // Exact texts are indexed.
    private SpecificationSql Among(Specification.Compared compared, string word) =>
        Add($"m.id {word} (SELECT id FROM read_fields WHERE type = ? AND field = ? AND value IN (", type, compared.Field.Name).List(compared.Values).Add("))");

    private SpecificationSql List(IReadOnlyList<object> values) =>
        Add(string.Join(", ", Enumerable.Repeat("?", values.Count)), [.. values]);
}
