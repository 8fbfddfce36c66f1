using Workers.Engine.Options;
using Workers.Engine.Projections;

namespace Workers.Api.Cqrs;

/// <summary>A read model as it is shown.</summary>
/// <param name="IsSaved">Somebody has saved it; else events have made it.</param>
internal sealed record ShownModel(string Type, string Id, long Version, long CreatedMs, long UpdatedMs, byte[] Data, bool IsSaved);

/// <summary>Read models, those that events make and those that somebody has saved: of two with one key the one of the higher version is shown.</summary>
internal sealed class CqrsModels(IReadModelStore models, ICqrsStore saved, CqrsOptions options)
{
    private const int Page = 100;
    private static readonly string[] s_made = [ReadModelTypes.User, ReadModelTypes.Order, ReadModelTypes.Payment, ReadModelTypes.Product];
    private static readonly Dictionary<string, string> s_unfiltered = [];

    /// <summary>Every type there may be one of, entities' own first.</summary>
    public IReadOnlyList<string> Types { get; } = [.. s_made, .. options.SupportedReadModelTypes.Except(s_made)];

    /// <summary>Null where there is none, or it was deleted.</summary>
    public async ValueTask<ShownModel?> FindAsync(string type, string id, CancellationToken cancellation)
    {
        var kept = (await saved.FindSavedAsync(type, [id], cancellation)).FirstOrDefault();
        return Choose(await models.FindAsync(type, id, cancellation), kept);
    }

    /// <summary>The entity's own model, else the first that has this id.</summary>
    public async ValueTask<ShownModel?> FindAsync(string id, CancellationToken cancellation)
    {
        foreach (var type in Types)
        {
            if (await FindAsync(type, id, cancellation) is { } model)
            {
                return model;
            }
        }

        return null;
    }

    /// <summary>Newest first; one more than the limit tells that there are more.</summary>
    /// <param name="types">Those that are listed.</param>
    /// <param name="limit">So many at most, and one.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public async Task<List<ShownModel>> ListAsync(IReadOnlyList<string> types, int limit, string? cursor, CancellationToken cancellation)
    {
        var place = ListCursor.Read(cursor) is { } at && at.Id.Split('/', 2) is [var type, var id] ? (at.Sort, type, id) : ((long CreatedMs, string Type, string Id)?)null;
        var sources = new List<IAsyncEnumerator<ShownModel>>();
        try
        {
            for (var n = 0; n < types.Count; n++)
            {
                var after = After(place, types, n);
                foreach (var source in new[] { MadeAsync(types[n], after, cancellation), SavedAsync(types[n], after, cancellation) })
                {
                    sources.Add(source.GetAsyncEnumerator(cancellation));
                    if (!await sources[^1].MoveNextAsync())
                    {
                        await sources[^1].DisposeAsync();
                        sources.RemoveAt(sources.Count - 1);
                    }
                }
            }

            return await MergeAsync(sources, limit + 1);
        }
        finally
        {
            foreach (var source in sources)
            {
                await source.DisposeAsync();
            }
        }
    }

    public static string CursorOf(ShownModel model) => ListCursor.Write(model.CreatedMs, $"{model.Type}/{model.Id}");

    // By time and id, then by the order of the types: of one id those of later types are still to come.
    private static (long CreatedMs, string Id)? After((long CreatedMs, string Type, string Id)? place, IReadOnlyList<string> types, int n) =>
        place is not { } at ? null
        : n <= types.ToList().IndexOf(at.Type) ? (at.CreatedMs, at.Id)
        : (at.CreatedMs, at.Id + '\u0001');

    private static async Task<List<ShownModel>> MergeAsync(List<IAsyncEnumerator<ShownModel>> sources, int count)
    {
        var merged = new List<ShownModel>();
        while (merged.Count < count && sources.Count > 0)
        {
            var first = sources[0];
            foreach (var source in sources)
            {
                var (a, b) = (source.Current, first.Current);
                if (a.CreatedMs > b.CreatedMs || (a.CreatedMs == b.CreatedMs && string.CompareOrdinal(a.Id, b.Id) > 0))
                {
                    first = source;
                }
            }

            merged.Add(first.Current);
            if (!await first.MoveNextAsync())
            {
                sources.Remove(first);
                await first.DisposeAsync();
            }
        }

        return merged;
    }

    private async IAsyncEnumerable<ShownModel> MadeAsync(
        string type, (long CreatedMs, string Id)? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var cursor = after is { } at ? ListCursor.Write(at.CreatedMs, at.Id) : null;
        do
        {
            var page = await models.ListAsync(new ReadModelQuery(type, s_unfiltered, null, Page, cursor, 0, Ascending: false, WithTotal: false), cancellation);
            var over = page.Items.Count == 0 ? [] : (await saved.FindSavedAsync(type, [.. page.Items.Select(model => model.Id)], cancellation)).ToDictionary(model => model.Id);
            foreach (var model in page.Items.Where(model => over.GetValueOrDefault(model.Id)?.Hides(model) != true))
            {
                yield return Of(model);
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private async IAsyncEnumerable<ShownModel> SavedAsync(
        string type, (long CreatedMs, string Id)? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyList<SavedModel> page;
        do
        {
            page = await saved.ListSavedAsync(type, Page, after, cancellation);
            var made = page.Count == 0 ? [] : (await models.FindAllAsync(type, [.. page.Select(model => model.Id)], cancellation)).ToDictionary(model => model.Id);
            foreach (var model in page)
            {
                if (model.Hides(made.GetValueOrDefault(model.Id)))
                {
                    yield return Of(model);
                }

                after = (model.CreatedMs, model.Id);
            }
        }
        while (page.Count == Page);
    }

    private static ShownModel? Choose(ReadModel? made, SavedModel? kept) =>
        kept?.Hides(made) == true ? (kept.Deleted ? null : Of(kept)) : made is null or { Deleted: true } ? null : Of(made);

    private static ShownModel Of(ReadModel model) => new(model.Type, model.Id, model.Version, model.CreatedMs, model.UpdatedMs, model.Data, IsSaved: false);

    private static ShownModel Of(SavedModel model) => new(model.Type, model.Id, model.Version, model.CreatedMs, model.UpdatedMs, model.Data, IsSaved: true);
}
