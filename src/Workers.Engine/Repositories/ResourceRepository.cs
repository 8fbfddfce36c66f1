using System.Buffers;
using System.Text.Json;
using Workers.Contracts.Json;
using Workers.Engine.Cache;
using Workers.Engine.Projections;
using Workers.Engine.Store;

namespace Workers.Engine.Repositories;

/// <summary>Resources of one kind: one from its state, cached, many from the read models.</summary>
/// <param name="states">Those of the resources.</param>
/// <param name="model">One of <see cref="ReadModelTypes"/>.</param>
public sealed class ResourceRepository(CachedRepository states, string model, IResourceViews views, IReadModelStore models)
    : ISpecificationRepository<ResourceDocument>
{
    private static readonly Dictionary<string, string> s_unfiltered = [];

    public async ValueTask<ResourceDocument?> GetById(string id, CancellationToken cancellation) =>
        await states.GetById(id, cancellation) is { } row ? Show(id, row) : null;

    public async ValueTask<bool> Exists(string id, CancellationToken cancellation) =>
        await states.GetById(id, cancellation) is { } row && !views.IsDeleted(states.Kind, row);

    public ValueTask<Page<ResourceDocument>> GetAll(ListWindow window, CancellationToken cancellation) =>
        ListAsync(s_unfiltered, null, window, cancellation);

    public ValueTask<long> Count(CancellationToken cancellation) => CountBySpecification(Specification.Everything, cancellation);

    public ValueTask<Page<ResourceDocument>> FindBy(string field, string value, ListWindow window, CancellationToken cancellation) =>
        FindByMultiple(new Dictionary<string, string> { [field] = value }, window, cancellation);

    public ValueTask<Page<ResourceDocument>> FindByMultiple(
        IReadOnlyDictionary<string, string> filters, ListWindow window, CancellationToken cancellation) => ListAsync(filters, null, window, cancellation);

    public ValueTask<Page<ResourceDocument>> Search(
        string text, IReadOnlyDictionary<string, string> filters, ListWindow window, CancellationToken cancellation) =>
        ListAsync(filters, text, window, cancellation);

    public async ValueTask<IReadOnlyList<ResourceDocument>> FindBySpecification(
        Specification specification, IReadOnlyList<Ordering> orderBy, int limit, int offset, CancellationToken cancellation) =>
        [.. (await models.FindAsync(new SpecificationQuery(model, specification, orderBy, limit, offset), cancellation)).Select(Of)];

    public async ValueTask<long> CountBySpecification(Specification specification, CancellationToken cancellation) =>
        (await GroupBySpecification(specification, [], [], 1, cancellation)).Sum(group => group.Count);

    public ValueTask<IReadOnlyList<SpecificationGroup>> GroupBySpecification(
        Specification specification, IReadOnlyList<QueryField> by, IReadOnlyList<QueryField> sums, int limit, CancellationToken cancellation) =>
        models.GroupAsync(new GroupQuery(model, specification, by, sums, limit), cancellation);

    private async ValueTask<Page<ResourceDocument>> ListAsync(
        IReadOnlyDictionary<string, string> filters, string? text, ListWindow window, CancellationToken cancellation)
    {
        var page = await models.ListAsync(
            new ReadModelQuery(model, filters, text, window.Limit, window.Cursor, window.Offset, window.Ascending, window.WithTotal), cancellation);
        return new Page<ResourceDocument>([.. page.Items.Select(Of)], page.NextCursor, page.Total);
    }

    private static ResourceDocument Of(ReadModel read) => new(read.Id, read.Version, read.Data);

    private ResourceDocument? Show(string id, StateRow row)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, JsonWriting.Options);
        if (!views.TryWrite(states.Kind, row, writer))
        {
            return null;
        }

        writer.Flush();
        return new ResourceDocument(id, row.Version, output.WrittenMemory);
    }
}
