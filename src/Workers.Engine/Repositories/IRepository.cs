using Workers.Contracts.Events;

namespace Workers.Engine.Repositories;

/// <summary>
/// Entities of one kind inside a unit of work: as they stand with everything that is staged, and changed by what happens to them, never otherwise. Events
/// that are only announced (<see cref="EventInfo.IsAnnounced"/>) change nothing and need no entity. Lists lag behind a unit of work, so it has none:
/// <see cref="IReadRepository{T}"/>.
/// </summary>
public interface IRepository<T>
    where T : class
{
    /// <summary>Null where there is none. One that was deleted is there, with its history.</summary>
    T? GetById(string id);

    bool Exists(string id);

    /// <summary>How many events have made it; 0 where there is none.</summary>
    long VersionOf(string id);

    /// <returns>The entity that the events have made; null where all of them are only announced.</returns>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    T? Create(string id, IReadOnlyList<IDomainEvent> events);

    /// <returns>The entity after the events.</returns>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    T? Update(string id, IReadOnlyList<IDomainEvent> events);

    /// <summary>It is hidden from callers by its last event; state and history stay.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    T? Delete(string id, IReadOnlyList<IDomainEvent> events);
}

/// <summary>A repository of which a part of the work can be taken back.</summary>
public interface ITransactionalRepository<T> : IRepository<T>
    where T : class
{
    /// <summary>Begins a part of the unit of work, which its <see cref="IUnitOfWork.Commit"/> or <see cref="IUnitOfWork.Rollback"/> ends.</summary>
    IUnitOfWork BeginTransaction();

    /// <summary>Runs a part of the work; where it throws, nothing of it is left, and the exception goes on.</summary>
    void WithTransaction(Action<IRepository<T>> work);
}
