using Workers.Engine.Projections;

namespace Workers.Engine.Repositories;

/// <summary>
/// Entities of one kind, to be read anywhere: one by its id as it stands, so that what was written is read, many as the read models show them, which
/// follow within milliseconds. What changes entities is <see cref="IRepository{T}"/>, inside a unit of work.
/// </summary>
public interface IReadRepository<T>
    where T : class
{
    /// <summary>Null where there is none, or it was deleted.</summary>
    ValueTask<T?> GetById(string id, CancellationToken cancellation);

    ValueTask<bool> Exists(string id, CancellationToken cancellation);

    /// <summary>By when they were made, newest first unless the window says otherwise.</summary>
    ValueTask<Page<T>> GetAll(ListWindow window, CancellationToken cancellation);

    ValueTask<long> Count(CancellationToken cancellation);

    /// <summary>Those whose field has exactly this value; none where the field is not one of the kind's.</summary>
    ValueTask<Page<T>> FindBy(string field, string value, ListWindow window, CancellationToken cancellation);

    /// <summary>Those whose fields all have these values.</summary>
    ValueTask<Page<T>> FindByMultiple(IReadOnlyDictionary<string, string> filters, ListWindow window, CancellationToken cancellation);

    /// <summary>Of these, those in whose name or e-mail address each word of the text begins a word.</summary>
    ValueTask<Page<T>> Search(string text, IReadOnlyDictionary<string, string> filters, ListWindow window, CancellationToken cancellation);
}

/// <summary>Which part of a list.</summary>
/// <param name="Limit">At most so many.</param>
/// <param name="Offset">So many are passed over first.</param>
/// <param name="Cursor">The <see cref="Page{T}.NextCursor"/> of the part before; null begins at the beginning.</param>
/// <param name="Ascending">Oldest first.</param>
/// <param name="WithTotal">Counts them all.</param>
public sealed record ListWindow(int Limit, int Offset = 0, string? Cursor = null, bool Ascending = false, bool WithTotal = false);
