using Workers.Engine.Commands;

namespace Workers.Engine.Repositories;

/// <summary>
/// What becomes durable together or not at all. Parts may be begun inside one another: committing keeps what a part has staged for the one around it, and
/// only the pump, which begins the outermost for each record, makes it durable with its batch.
/// </summary>
public interface IUnitOfWork
{
    ITransactionalRepository<T> GetRepository<T>(AggregateType<T> type)
        where T : class;

    void Begin();

    /// <exception cref="InvalidOperationException">Nothing was begun.</exception>
    void Commit();

    /// <summary>Drops what was staged since the last <see cref="Begin"/>.</summary>
    /// <exception cref="InvalidOperationException">Nothing was begun.</exception>
    void Rollback();

    bool IsActive { get; }
}
