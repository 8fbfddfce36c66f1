namespace Workers.Contracts.Commands;

/// <summary>What a queue is called: a kind of commands, one type of them if that is said too.</summary>
public static class QueueNames
{
    /// <summary>Why there is no such queue; null where there is.</summary>
    public static string? Wrong(string kind, string? type) =>
        !CommandCatalog.Kinds.Contains(kind) ? $"kind must be one of {string.Join(", ", CommandCatalog.Kinds)}"
        : type is not null && !Types(kind).Contains(type) ? $"type must be one of {string.Join(", ", Types(kind))}"
        : null;

    /// <summary>The commands of a kind that callers may send.</summary>
    public static IReadOnlyList<string> Types(string kind) => [.. CommandCatalog.OfKind(kind).Where(info => !info.IsInternal).Select(info => info.Name)];
}
