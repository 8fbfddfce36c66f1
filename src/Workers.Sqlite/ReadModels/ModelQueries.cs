using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.ReadModels;

/// <summary>Read models by specification. Their statements are as many as there are questions, so none is kept.</summary>
internal static class ModelQueries
{
    public static List<ReadModel> Find(Connection connection, SpecificationQuery query)
    {
        var order = query.OrderBy.Select(by => $"{SpecificationSql.Column(by.Field)} {(by.Descending ? "DESC" : "ASC")}").Append("m.id");
        using var rows = Matching(query.Type, ModelTable.Columns, query.Where)
            .Add($" ORDER BY {string.Join(", ", order)} LIMIT ? OFFSET ?", (long)query.Limit, (long)query.Offset)
            .Prepare(connection);
        var found = new List<ReadModel>();
        while (rows.Step())
        {
            found.Add(ModelTable.Read(rows, query.Type));
        }

        return found;
    }

    public static List<SpecificationGroup> Group(Connection connection, GroupQuery query)
    {
        var columns = query.By.Select(SpecificationSql.Column).Append("count(*)").Concat(query.Sums.Select(field => $"sum({SpecificationSql.Column(field)})"));
        var sql = Matching(query.Type, string.Join(", ", columns), query.Where);
        if (query.By.Count > 0)
        {
            var keys = string.Join(", ", Enumerable.Range(1, query.By.Count));
            sql.Add($" GROUP BY {keys} ORDER BY {keys}");
        }

        using var rows = sql.Add(" LIMIT ?", (long)query.Limit).Prepare(connection);
        var groups = new List<SpecificationGroup>();
        while (rows.Step())
        {
            groups.Add(new SpecificationGroup(
                [.. query.By.Select((field, n) => rows.IsNull(n) ? null : field.IsText ? rows.Text(n) : (object)rows.Int64(n))],
                rows.Int64(query.By.Count),
                [.. query.Sums.Select((_, n) => rows.Int64(query.By.Count + 1 + n))]));
        }

        return groups;
    }

    private static SpecificationSql Matching(string type, string columns, Specification where) =>
        new SpecificationSql(type).Add($"SELECT {columns} FROM read_models m WHERE m.type = ? AND m.deleted = 0 AND ", type).Add(where);
}
