using System.Text.Json;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Repositories;

namespace Workers.Api.Reads;

/// <summary>
/// Makes a specification of JSON: <c>{"field","op","value"}</c>, or <c>{"and":[…]}</c>, <c>{"or":[…]}</c>, <c>{"not":{…}}</c> of such. What is wrong is
/// told with where it stands, as in <c>where.and[1].value</c>.
/// </summary>
/// <param name="fields">Those there are.</param>
internal sealed class SpecificationReader(IReadOnlyList<QueryField> fields)
{
    private const int MaxDepth = 10;
    private const int MaxConditions = 100;
    private const int MaxValues = 100;
    private const int MaxText = 1_000;

    private int _conditions;

    /// <exception cref="ProblemException">It is none.</exception>
    public Specification Read(JsonElement node, string path) => Read(node, path, 1);

    public QueryField Field(string name, string path) => fields.FirstOrDefault(field => field.Name == name)
        ?? throw ListQuery.Bad(path, $"{path} must be one of {string.Join(", ", fields.Select(field => field.Name))}");

    private Specification Read(JsonElement node, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw ListQuery.Bad(path, $"{path} is nested more than {MaxDepth} deep");
        }

        if (++_conditions > MaxConditions)
        {
            throw ListQuery.Bad(path, $"{path} is condition {MaxConditions + 1}; at most {MaxConditions} are taken");
        }

        if (node.ValueKind != JsonValueKind.Object || !node.EnumerateObject().Any())
        {
            throw ListQuery.Bad(path, $"{path} must be an object with field, op and value, or with one of and, or, not");
        }

        var first = node.EnumerateObject().First();
        return first.Name switch
        {
            "and" => new Specification.AllOf(Parts(Alone(node, first, path), $"{path}.and", depth)),
            "or" => new Specification.AnyOf(Parts(Alone(node, first, path), $"{path}.or", depth)),
            "not" => new Specification.Not(Read(Alone(node, first, path), $"{path}.not", depth + 1)),
            _ => Compared(node, path),
        };
    }

    private static JsonElement Alone(JsonElement node, JsonProperty only, string path) => node.GetPropertyCount() == 1
        ? only.Value
        : throw ListQuery.Bad(path, $"{path} must have nothing beside {only.Name}");

    private List<Specification> Parts(JsonElement list, string path, int depth) => list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
        ? [.. list.EnumerateArray().Select((part, n) => Read(part, $"{path}[{n}]", depth + 1))]
        : throw ListQuery.Bad(path, $"{path} must be an array of at least one condition");

    private Specification Compared(JsonElement node, string path)
    {
        if (node.EnumerateObject().FirstOrDefault(member => member.Name is not ("field" or "op" or "value")) is { Value.ValueKind: not JsonValueKind.Undefined } other)
        {
            throw ListQuery.Bad($"{path}.{other.Name}", $"{path}.{other.Name} is not known; a condition has field, op and value, or one of and, or, not");
        }

        var field = Field(JsonTexts.Read(Member(node, "field"), path + ".field"), path + ".field");
        var op = JsonTexts.Read(Member(node, "op"), path + ".op");
        if (Comparisons.Find(op) is not { } comparison)
        {
            throw ListQuery.Bad(path + ".op", $"{path}.op must be one of {string.Join(", ", Comparisons.Names)}");
        }

        if (!field.IsText && comparison is Comparison.Contains or Comparison.StartsWith)
        {
            throw ListQuery.Bad(path + ".op", $"{path}.op {op} is for texts, and {field.Name} is none");
        }

        return comparison switch
        {
            Comparison.IsNull => IsNull(field, Member(node, "value"), path + ".value"),
            Comparison.In => Specification.Where(field, comparison, Values(field, Member(node, "value"), path + ".value")),
            _ => Specification.Where(field, comparison, Value(field, Member(node, "value"), path + ".value")),
        };
    }

    private static Specification IsNull(QueryField field, JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.True => Specification.Where(field, Comparison.IsNull),
        JsonValueKind.False => new Specification.Not(Specification.Where(field, Comparison.IsNull)),
        _ => throw ListQuery.Bad(path, $"{path} must be true or false, or left out"),
    };

    private static List<object> Values(QueryField field, JsonElement list, string path) =>
        list.ValueKind == JsonValueKind.Array && list.GetArrayLength() is > 0 and <= MaxValues
            ? [.. list.EnumerateArray().Select((value, n) => Value(field, value, $"{path}[{n}]"))]
            : throw ListQuery.Bad(path, $"{path} must be an array of 1 to {MaxValues} values");

    private static object Value(QueryField field, JsonElement value, string path) => field.Kind switch
    {
        FieldKind.Text => Text(value, path),
        FieldKind.Time => Time(value) ?? throw ListQuery.Bad(path, $"{path} must be a time such as 2026-01-31T12:00:00Z, with at most milliseconds"),
        FieldKind.Money => Cents(value) ?? throw ListQuery.Bad(path, $"{path} must be a number with at most 2 decimals and at most {Money.Max}"),
        _ => Whole(value) ?? throw ListQuery.Bad(path, $"{path} must be a whole number"),
    };

    private static string Text(JsonElement value, string path)
    {
        var text = JsonTexts.Read(value, path);
        return text.Length > MaxText || text.Contains('\0', StringComparison.Ordinal)
            ? throw ListQuery.Bad(path, $"{path} must have at most {MaxText} characters, none of them NUL")
            : text;
    }

    private static object? Whole(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number == decimal.Truncate(number)
        && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : null;

    private static object? Cents(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount) && Math.Abs(amount) <= Money.Max && Money.IsWholeCents(amount)
            ? (long)(amount * 100)
            : null;

    private static object? Time(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && TimeText.Read(value.GetString()!) is { } at && at.Ticks % TimeSpan.TicksPerMillisecond == 0
            ? at.ToUnixTimeMilliseconds()
            : null;

    private static JsonElement Member(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value : default;
}
