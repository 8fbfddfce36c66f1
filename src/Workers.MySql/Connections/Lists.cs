namespace Workers.MySql.Connections;

/// <summary>How a list of keys is cut into lists of few sizes, so that few statements are prepared.</summary>
internal static class Lists
{
    private static readonly int[] Sizes = [1, 4, 16, 64, 200, 500];

    /// <summary>Where each list starts, how many keys are its own, and to how many it is padded.</summary>
    public static IEnumerable<(int Start, int Count, int Padded)> Of(int keys)
    {
        for (var start = 0; start < keys; start += Sizes[^1])
        {
            var count = Math.Min(Sizes[^1], keys - start);
            yield return (start, count, Sizes.First(s => s >= count));
        }
    }
}
