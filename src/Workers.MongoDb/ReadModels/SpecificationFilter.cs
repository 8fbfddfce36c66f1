using System.Text.Json.Nodes;
using Workers.Engine.Repositories;

namespace Workers.MongoDb.ReadModels;

/// <summary>A specification as a filter of documents. A text is never read as a filter: it stands where values stand, or as a pattern with its signs escaped.</summary>
internal static class SpecificationFilter
{
    public static JsonObject Of(Specification specification) => specification switch
    {
        Specification.AllOf { Parts.Count: 0 } => [],
        Specification.AllOf all => new JsonObject { ["$and"] = Each(all.Parts) },
        Specification.AnyOf { Parts.Count: 0 } => new JsonObject { ["_id"] = Documents.In([]) },
        Specification.AnyOf any => new JsonObject { ["$or"] = Each(any.Parts) },
        Specification.Not not => new JsonObject { ["$nor"] = Each([not.Part]) },
        Specification.Compared { Field.IsText: true } compared => OfText(compared),
        Specification.Compared compared => OfNumber(compared),
        _ => throw new ArgumentException($"{specification.GetType()} is not known.", nameof(specification)),
    };

    /// <summary>Where a field's values stand.</summary>
    public static string Path(QueryField field) => field.Name switch
    {
        "created_at" => "created",
        "updated_at" => "updated",
        "version" => "version",
        var name => "values." + name,
    };

    private static JsonArray Each(IReadOnlyList<Specification> parts) => new([.. parts.Select(part => (JsonNode)Of(part))]);

    private static JsonObject OfText(Specification.Compared compared)
    {
        var name = compared.Field.Name;
        var texts = compared.Values.Cast<string>().ToList();
        return compared.Comparison switch
        {
            // Exact texts are indexed.
            Comparison.Equal => Is("fields", "$eq", ModelDocument.Field(name, texts[0])),
            Comparison.NotEqual => Is("fields", "$ne", ModelDocument.Field(name, texts[0])),
            Comparison.In => new JsonObject { ["fields"] = Documents.In(texts.Select(text => ModelDocument.Field(name, text))) },
            Comparison.Contains => new JsonObject { [Path(compared.Field)] = Documents.Contains(texts[0]) },
            Comparison.StartsWith => new JsonObject { [Path(compared.Field)] = Documents.Begins(texts[0]) },
            Comparison.IsNull => Absent(compared.Field),
            _ => Is(Path(compared.Field), Word(compared.Comparison), texts[0]),
        };
    }

    private static JsonObject OfNumber(Specification.Compared compared) => compared.Comparison switch
    {
        Comparison.In => new JsonObject { [Path(compared.Field)] = new JsonObject { ["$in"] = new JsonArray([.. compared.Values.Select(Value)]) } },
        Comparison.IsNull => Absent(compared.Field),
        _ => Is(Path(compared.Field), Word(compared.Comparison), Value(compared.Values[0])),
    };

    private static JsonNode Value(object number) => Documents.Long((long)number);

    private static JsonObject Absent(QueryField field) => Is(Path(field), "$exists", false);

    private static JsonObject Is(string path, string word, JsonNode value) => new() { [path] = new JsonObject { [word] = value } };

    private static string Word(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "$eq",
        Comparison.NotEqual => "$ne",
        Comparison.Greater => "$gt",
        Comparison.GreaterOrEqual => "$gte",
        Comparison.Less => "$lt",
        Comparison.LessOrEqual => "$lte",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "It compares with more than one value."),
    };
}
