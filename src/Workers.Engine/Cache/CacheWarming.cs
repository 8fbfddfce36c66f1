using Workers.Engine.Projections;

namespace Workers.Engine.Cache;

/// <summary>Reads what was made last, so that it is cached.</summary>
public sealed class CacheWarming(CachedRepositories repositories, IReadModelStore models)
{
    private const int Page = 1_000;

    /// <summary>The kinds that are cached, with their read models.</summary>
    public static IReadOnlyList<(string Kind, string Model)> Kinds { get; } =
        [("user", ReadModelTypes.User), ("payment", ReadModelTypes.Payment), ("order", ReadModelTypes.Order), ("product", ReadModelTypes.Product)];

    /// <summary>The newest of a kind, so many at most; how many were read.</summary>
    public async Task<int> WarmAsync(string kind, string model, int limit, CancellationToken cancellation)
    {
        var (count, cursor) = (0, (string?)null);
        do
        {
            var page = await models.ListAsync(
                new ReadModelQuery(model, new Dictionary<string, string>(), null, Math.Min(limit - count, Page), cursor, 0, false, false), cancellation);
            foreach (var one in page.Items)
            {
                await repositories[kind].GetById(one.Id, cancellation);
            }

            (count, cursor) = (count + page.Items.Count, page.NextCursor);
        }
        while (cursor is not null && count < limit);

        return count;
    }
}
