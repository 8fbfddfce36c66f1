using System.Text;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;

namespace Workers.Conformance.Projections;

/// <summary>What specifications mean, said without a database.</summary>
internal static class SpecificationOracle
{
    public static bool Holds(Specification specification, ReadModel model) => specification switch
    {
        Specification.AllOf all => all.Parts.All(part => Holds(part, model)),
        Specification.AnyOf any => any.Parts.Any(part => Holds(part, model)),
        Specification.Not not => !Holds(not.Part, model),
        Specification.Compared compared => Holds(compared, Value(compared.Field, model)),
        _ => throw new ArgumentOutOfRangeException(nameof(specification)),
    };

    public static string Text(Specification specification) => specification switch
    {
        Specification.AllOf all => $"all({string.Join(", ", all.Parts.Select(Text))})",
        Specification.AnyOf any => $"any({string.Join(", ", any.Parts.Select(Text))})",
        Specification.Not not => $"not({Text(not.Part)})",
        Specification.Compared compared => $"{compared.Field.Name} {compared.Comparison} [{string.Join(", ", compared.Values)}]",
        _ => "?",
    };

    private static object? Value(QueryField field, ReadModel model) => field.Name switch
    {
        "created_at" => model.CreatedMs,
        "updated_at" => model.UpdatedMs,
        "version" => model.Version,
        _ when field.IsText => model.Fields.GetValueOrDefault(field.Name),
        _ => model.Numbers.TryGetValue(field.Name, out var number) ? number : null,
    };

    private static bool Holds(Specification.Compared compared, object? value) => (compared.Comparison, value) switch
    {
        (Comparison.IsNull, _) => value is null,
        (Comparison.NotEqual, _) => !Equals(value, compared.Values[0]),
        (_, null) => false,
        (Comparison.Equal, _) => Equals(value, compared.Values[0]),
        (Comparison.In, _) => compared.Values.Contains(value),
        (Comparison.Contains, string text) => text.Contains((string)compared.Values[0], StringComparison.Ordinal),
        (Comparison.StartsWith, string text) => text.StartsWith((string)compared.Values[0], StringComparison.Ordinal),
        (Comparison.Greater, _) => Order(value, compared.Values[0]) > 0,
        (Comparison.GreaterOrEqual, _) => Order(value, compared.Values[0]) >= 0,
        (Comparison.Less, _) => Order(value, compared.Values[0]) < 0,
        _ => Order(value, compared.Values[0]) <= 0,
    };

    private static int Order(object one, object other) => one is string text
        ? Encoding.UTF8.GetBytes(text).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)other))
        : ((long)one).CompareTo((long)other);
}
