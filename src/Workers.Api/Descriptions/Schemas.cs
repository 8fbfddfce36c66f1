using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Workers.Contracts.Commands;
using Workers.Engine.Store;

namespace Workers.Api.Descriptions;

/// <summary>
/// JSON schemas of records, each under its name once: members in snake_case, those that may be absent are optional, rules become keywords, comments become
/// descriptions. Of what is written here nothing unknown is left open: what an answer may have besides, its record says with extension data.
/// </summary>
internal sealed class Schemas(RuleSettings settings, XmlDocs docs)
{
    private const string Prefix = "#/components/schemas/";

    private readonly SortedDictionary<string, JsonObject> _all = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Type> _types = [];
    private readonly NullabilityInfoContext _nullability = new();

    /// <summary>All that were asked for, by name.</summary>
    public JsonObject Components => [.. _all.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.DeepClone()))];

    public JsonObject this[string name] => _all[name];

    /// <summary>Of what is written: absent members are left out.</summary>
    public JsonObject Of(Type type) => Of(type, isBody: false);

    /// <summary>Of what callers send: absent members may be null too.</summary>
    public JsonObject OfBody(Type type) => Of(type, isBody: true);

    public static JsonObject Reference(string name) => new() { ["$ref"] = Prefix + name };

    /// <summary>The schema that is meant, where the node refers to one.</summary>
    public JsonObject Resolve(JsonObject schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference ? _all[reference[Prefix.Length..]] : schema;

    /// <summary>Makes a schema once, and refers to it.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="type">What it is of: no two types may be called the same.</param>
    public JsonObject Named(string name, Func<JsonObject> make, Type? type = null)
    {
        if (type is not null && !(_types.TryAdd(name, type) || _types[name] == type))
        {
            throw new InvalidOperationException($"{type} and {_types[name]} would both be called {name} in the description");
        }

        if (!_all.ContainsKey(name))
        {
            // Its place is taken first: a schema may contain itself.
            _all[name] = [];
            _all[name] = make();
        }

        return Reference(name);
    }

    /// <summary>Changes one that was made.</summary>
    public JsonObject Changed(string name, Action<JsonObject> change)
    {
        change(_all[name]);
        return Reference(name);
    }

    /// <summary>What a type is called: its shape's or record's name.</summary>
    public static string NameOf(Type type) => type.IsGenericType
        ? NameOf(type.GetGenericArguments()[0]) + type.Name.Split('`')[0]
        : type.Name.EndsWith("Shape", StringComparison.Ordinal) ? type.Name[..^"Shape".Length] : type.Name;

    private JsonObject Of(Type type, bool isBody) => Scalar(Nullable.GetUnderlyingType(type) ?? type) ?? (
        ElementOf(type) is { } element ? new JsonObject { ["type"] = "array", ["items"] = Of(element, isBody) }
        : ValueOf(type) is { } value ? new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(value, isBody) }
        : type.GetCustomAttribute<AnyOfAttribute>() is { } any ? Named(NameOf(type), () => Described(type, new() { ["anyOf"] = Array(any.Types.Select(one => Of(one, isBody))) }))
        : Named(NameOf(type), () => Object(type, isBody), type));

    private static JsonObject? Scalar(Type type) => type switch
    {
        _ when type == typeof(string) => new() { ["type"] = "string" },
        _ when type == typeof(Guid) => new() { ["type"] = "string", ["format"] = "uuid" },
        _ when type == typeof(DateTimeOffset) => new() { ["type"] = "string", ["format"] = "date-time" },
        _ when type == typeof(decimal) => new() { ["type"] = "number", ["format"] = "decimal" },
        _ when type == typeof(int) => new() { ["type"] = "integer", ["format"] = "int32" },
        _ when type == typeof(long) => new() { ["type"] = "integer", ["format"] = "int64" },
        _ when type == typeof(bool) => new() { ["type"] = "boolean" },
        _ when type == typeof(CommandState) => new() { ["type"] = "string", ["enum"] = Array(Enum.GetValues<CommandState>().Select(state => state.Name())) },
        _ when type == typeof(JsonElement) => [],
        _ => null,
    };

    private JsonObject Object(Type type, bool isBody)
    {
        var (properties, required) = (new JsonObject(), new List<string>());
        foreach (var property in MembersOf(type))
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            var schema = Of(property.PropertyType, isBody);
            var isRequired = IsAlways(property);
            Keywords.Add(schema, property.GetCustomAttributes<RuleAttribute>(), settings, Forms.Loose);
            if (isBody && !isRequired)
            {
                Keywords.AllowNull(schema);
            }

            if (!schema.ContainsKey("$ref") && docs.Of(property) is { } says)
            {
                schema["description"] = says;
            }

            properties[name] = schema;
            if (isRequired)
            {
                required.Add(name);
            }
        }

        var result = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            result["required"] = Array(required);
        }

        result["additionalProperties"] = IsOpen(type);
        return Described(type, result);
    }

    private JsonObject Described(Type type, JsonObject schema)
    {
        if (docs.Of(type) is { } says)
        {
            schema["description"] = says;
        }

        return schema;
    }

    private bool IsAlways(PropertyInfo property) =>
        property.IsDefined(typeof(RequiredAttribute)) || property.IsDefined(typeof(KeyAttribute)) || (property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is null
            : _nullability.Create(property).ReadState == NullabilityState.NotNull);

    private static bool IsMember(PropertyInfo property) =>
        property.CanWrite && !property.IsDefined(typeof(JsonIgnoreAttribute)) && !property.IsDefined(typeof(JsonExtensionDataAttribute));

    // Members of a flat one stand beside the others.
    private static IEnumerable<PropertyInfo> MembersOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(IsMember).OrderBy(property => Depth(property.DeclaringType!))
        .SelectMany(property => property.IsDefined(typeof(FlatAttribute)) ? MembersOf(property.PropertyType) : [property]);

    private static bool IsOpen(Type type) => type.GetProperties().Any(property =>
        property.IsDefined(typeof(JsonExtensionDataAttribute)) || (property.IsDefined(typeof(FlatAttribute)) && IsOpen(property.PropertyType)));

    // A base's members come first.
    private static int Depth(Type type) => type.BaseType is { } before ? Depth(before) + 1 : 0;

    private static Type? ElementOf(Type type) => type != typeof(string) && ValueOf(type) is null && type.IsAssignableTo(typeof(IEnumerable))
        ? type.IsArray ? type.GetElementType() : type.GetGenericArguments()[0]
        : null;

    private static Type? ValueOf(Type type) => type.IsGenericType
        && (type.GetGenericTypeDefinition() == typeof(Dictionary<,>) || type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
        ? type.GetGenericArguments()[1]
        : null;

    internal static JsonArray Array(IEnumerable<JsonNode> nodes) => [.. nodes];

    internal static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}

/// <summary>The members of this member stand beside the record's own.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FlatAttribute : Attribute;

/// <summary>The record stands for one of several others.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AnyOfAttribute(params Type[] types) : Attribute
{
    public IReadOnlyList<Type> Types { get; } = types;
}
