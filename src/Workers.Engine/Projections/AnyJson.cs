namespace Workers.Engine.Projections;

/// <summary>Masks JSON that need not be an object, such as what a handler outside answers.</summary>
public static class AnyJson
{
    private static ReadOnlySpan<byte> Before => "{\"\":"u8;

    /// <summary>The same JSON without what nobody should read, in the objects of a list too; empty where it is empty.</summary>
    /// <param name="mask">What hides.</param>
    /// <param name="json">JSON of any kind.</param>
    /// <param name="type">The command or event that the members are of; null where only the list counts.</param>
    public static byte[] ApplyAny(this IDataMask mask, ReadOnlyMemory<byte> json, Type? type = null)
    {
        if (json.IsEmpty)
        {
            return [];
        }

        byte[] wrapped = [.. Before, .. json.Span, (byte)'}'];
        return mask.Apply(wrapped, type)[Before.Length..^1];
    }
}
