using System.Reflection;
using System.Text.Json;

namespace Workers.Contracts.Commands;

/// <summary>One member of a command or of a part of it, with what its attributes say.</summary>
public sealed class CommandField
{
    internal CommandField(PropertyInfo property, int index)
    {
        Index = index;
        Property = property;
        Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        Rules = [.. property.GetCustomAttributes<RuleAttribute>()];
        Aliases = [.. property.GetCustomAttributes<AliasAttribute>().Select(alias => alias.Name)];
        IsSensitive = property.IsDefined(typeof(SensitiveAttribute));
        IsKey = Rules.OfType<KeyAttribute>().Any();
        IsRequired = Rules.Any(rule => rule is RequiredAttribute { In: Forms.All } or KeyAttribute { Made: false, LookedUp: false });
        IsOpen = Rules.OfType<OpenAttribute>().Any();
        IsMetadata = Rules.OfType<MetadataAttribute>().Any();
        IsClear = Rules.OfType<ClearsAttribute>().Any();
        Shape = ShapeOf(property.PropertyType);
        BlankIsAbsent = !IsRequired && Rules.Any(rule => rule is OneOfAttribute or IdAttribute or KeyAttribute or CurrencyAttribute or GatewayAttribute);
        if (Rules.OfType<PartAttribute>().FirstOrDefault() is { } part)
        {
            IsFlat = part.Flat;
            Part = CommandPart.Of(Shape == FieldShape.Parts ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType);
        }
    }

    public PropertyInfo Property { get; }

    /// <summary>The member's name in JSON.</summary>
    public string Name { get; }

    public IReadOnlyList<RuleAttribute> Rules { get; }

    /// <summary>Other names under which callers may send it.</summary>
    public IReadOnlyList<string> Aliases { get; }

    public bool IsKey { get; }

    public bool IsRequired { get; }

    public bool IsSensitive { get; }

    /// <summary>Takes any members.</summary>
    public bool IsOpen { get; }

    public bool IsMetadata { get; }

    /// <summary>What JSON it takes.</summary>
    public FieldShape Shape { get; }

    /// <summary>Its members may stand beside it.</summary>
    public bool IsFlat { get; }

    /// <summary>Its own members; null where it is a plain value.</summary>
    public CommandPart? Part { get; }

    /// <summary>Its place among the members of its record, below 64.</summary>
    internal int Index { get; }

    internal bool BlankIsAbsent { get; }

    internal bool IsClear { get; }

    private static FieldShape ShapeOf(Type type) => type switch
    {
        _ when type == typeof(string) => FieldShape.Text,
        _ when type == typeof(decimal?) => FieldShape.Amount,
        _ when type == typeof(int?) || type == typeof(long?) => FieldShape.Whole,
        _ when type == typeof(bool) => FieldShape.Flag,
        _ when type == typeof(Dictionary<string, string>) => FieldShape.TextMap,
        _ when type == typeof(Dictionary<string, JsonElement>) => FieldShape.Open,
        _ when type == typeof(IReadOnlyList<string>) => FieldShape.Texts,
        { IsGenericType: true } => FieldShape.Parts,
        _ => FieldShape.Part,
    };
}

/// <summary>What JSON a member takes.</summary>
public enum FieldShape
{
    Text,

    /// <summary>A number of money.</summary>
    Amount,

    /// <summary>A whole number.</summary>
    Whole,

    Flag,

    /// <summary>An object of texts; numbers, true and false are taken as texts.</summary>
    TextMap,

    /// <summary>An object of anything.</summary>
    Open,

    Texts,

    /// <summary>An object with members of its own.</summary>
    Part,

    /// <summary>An array of such objects.</summary>
    Parts,
}
