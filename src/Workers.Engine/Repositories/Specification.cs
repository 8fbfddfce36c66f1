namespace Workers.Engine.Repositories;

/// <summary>
/// Which entities: comparisons of fields, joined by and, or, not. Each is true or false of an entity, never unknown: where the entity has no value, a
/// comparison is false, and <see cref="Comparison.NotEqual"/> is true. Every store reads it alike; the suite is <c>SpecificationConformance</c>.
/// </summary>
public abstract record Specification
{
    private Specification()
    {
    }

    /// <summary>True of every entity.</summary>
    public static Specification Everything { get; } = new AllOf([]);

    /// <summary>A comparison of a field.</summary>
    /// <param name="field">What is compared.</param>
    /// <param name="comparison">How.</param>
    /// <param name="values">One value: a string for text, else a long in <see cref="QueryField.Unit"/>s; for <see cref="Comparison.In"/> any number, for
    /// <see cref="Comparison.IsNull"/> none.</param>
    /// <exception cref="ArgumentException">The field has no such values, or cannot be compared so.</exception>
    public static Specification Where(QueryField field, Comparison comparison, params IReadOnlyList<object> values)
    {
        var count = comparison switch { Comparison.IsNull => values.Count == 0, Comparison.In => true, _ => values.Count == 1 };
        var type = field.IsText ? typeof(string) : typeof(long);
        return count && values.All(value => value.GetType() == type) && (field.IsText || !comparison.IsOfText())
            ? new Compared(field, comparison, values)
            : throw new ArgumentException($"{field.Name} cannot be compared by {comparison} with {string.Join(", ", values)}.", nameof(values));
    }

    /// <summary>All hold; true where there are none.</summary>
    public sealed record AllOf(IReadOnlyList<Specification> Parts) : Specification;

    /// <summary>At least one holds; false where there are none.</summary>
    public sealed record AnyOf(IReadOnlyList<Specification> Parts) : Specification;

    public sealed record Not(Specification Part) : Specification;

    /// <summary>Made by <see cref="Where"/>.</summary>
    public sealed record Compared : Specification
    {
        internal Compared(QueryField field, Comparison comparison, IReadOnlyList<object> values) => (Field, Comparison, Values) = (field, comparison, values);

        public QueryField Field { get; }

        public Comparison Comparison { get; }

        public IReadOnlyList<object> Values { get; }
    }
}

/// <summary>How a field is compared.</summary>
public enum Comparison
{
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    In,

    /// <summary>Of text only.</summary>
    Contains,

    /// <summary>Of text only.</summary>
    StartsWith,

    /// <summary>The entity has no value.</summary>
    IsNull,
}

/// <summary>Names of comparisons.</summary>
public static class Comparisons
{
    private static readonly (string Name, Comparison Comparison)[] s_names =
    [
        ("eq", Comparison.Equal), ("ne", Comparison.NotEqual), ("gt", Comparison.Greater), ("gte", Comparison.GreaterOrEqual), ("lt", Comparison.Less),
        ("lte", Comparison.LessOrEqual), ("in", Comparison.In), ("contains", Comparison.Contains), ("starts_with", Comparison.StartsWith),
        ("is_null", Comparison.IsNull),
    ];

    public static IEnumerable<string> Names => s_names.Select(pair => pair.Name);

    /// <summary>Null where none is called so.</summary>
    public static Comparison? Find(string name) => Array.Find(s_names, pair => pair.Name == name) is { Name: not null } found ? found.Comparison : null;

    internal static bool IsOfText(this Comparison comparison) => comparison is Comparison.Contains or Comparison.StartsWith;
}
