namespace Workers.Domain;

/// <summary>That somebody has saved a read model, and as which version.</summary>
public sealed record SavedReadModel
{
    public const string Kind = "read_model";

    public required long Version { get; init; }

    /// <summary>Its row: a model is known by type and id.</summary>
    public static string KeyOf(string type, string id) => $"{type}/{id}";
}
