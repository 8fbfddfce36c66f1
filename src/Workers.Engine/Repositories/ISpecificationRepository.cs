namespace Workers.Engine.Repositories;

/// <summary>Entities found by a specification.</summary>
public interface ISpecificationRepository<T> : IReadRepository<T>
    where T : class
{
    /// <summary>In the order asked for, then by id.</summary>
    ValueTask<IReadOnlyList<T>> FindBySpecification(
        Specification specification, IReadOnlyList<Ordering> orderBy, int limit, int offset, CancellationToken cancellation);

    ValueTask<long> CountBySpecification(Specification specification, CancellationToken cancellation);

    /// <summary>Counts, and sums of numbers, for each combination of values of some fields; without fields one group of all.</summary>
    ValueTask<IReadOnlyList<SpecificationGroup>> GroupBySpecification(
        Specification specification, IReadOnlyList<QueryField> by, IReadOnlyList<QueryField> sums, int limit, CancellationToken cancellation);
}

/// <summary>A field to sort by. What has no such value comes first, descending last.</summary>
public readonly record struct Ordering(QueryField Field, bool Descending);

/// <param name="Keys">The values of the fields grouped by: a string, a long, or null for none.</param>
/// <param name="Sums">Of the fields summed, in <see cref="QueryField.Unit"/>s.</param>
public sealed record SpecificationGroup(IReadOnlyList<object?> Keys, long Count, IReadOnlyList<long> Sums);
