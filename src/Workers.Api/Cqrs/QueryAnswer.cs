namespace Workers.Api.Cqrs;

/// <summary>What a query came to.</summary>
/// <param name="Json">Its result; null where there is none of what it asks for.</param>
/// <param name="Cached">The cache had it.</param>
/// <param name="Missing">What there is none of.</param>
internal readonly record struct QueryAnswer(ReadOnlyMemory<byte>? Json, bool Cached, string? Missing)
{
    public static QueryAnswer Of(ReadOnlyMemory<byte> json, bool cached = false) => new(json, cached, null);

    public static QueryAnswer NotFound(string what) => new(null, false, $"{what} not found");
}
