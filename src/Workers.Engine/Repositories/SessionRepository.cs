using Workers.Contracts.Events;
using Workers.Engine.Commands;
using Workers.Engine.Session;
using Workers.Engine.Store;

namespace Workers.Engine.Repositories;

/// <summary>
/// Aggregates of one kind in a pump's session. Each event is folded into the state, appended to its stream, and published: to <c>workers.events</c>, and
/// to the flows that wait for it.
/// </summary>
internal sealed class SessionRepository<T>(BatchSession session, AggregateType<T> type) : ITransactionalRepository<T>
    where T : class
{
    public T? GetById(string id) => (T?)Entry(id).Live;

    public bool Exists(string id) => VersionOf(id) > 0;

    public long VersionOf(string id) => Entry(id).Version;

    public T? Create(string id, IReadOnlyList<IDomainEvent> events) => Exists(id)
        ? throw new InvalidOperationException($"{type.State.Kind} {id} exists already.")
        : Append(Entry(id), events);

    public T? Update(string id, IReadOnlyList<IDomainEvent> events) => Append(Existing(id, events), events);

    public T? Delete(string id, IReadOnlyList<IDomainEvent> events) => Append(Existing(id, events), events);

    public IUnitOfWork BeginTransaction()
    {
        session.Begin();
        return session;
    }

    public void WithTransaction(Action<IRepository<T>> work)
    {
        session.Begin();
        try
        {
            work(this);
        }
        catch
        {
            session.Rollback();
            throw;
        }

        session.Commit();
    }

    private StateEntry Entry(string id) => session.Get(type.State, id);

    private StateEntry Existing(string id, IReadOnlyList<IDomainEvent> events)
    {
        var entry = Entry(id);
        return entry.Version > 0 || events.All(happened => EventCatalog.Of(happened).IsAnnounced)
            ? entry
            : throw new InvalidOperationException($"{type.State.Kind} {id} does not exist.");
    }

    private T? Append(StateEntry entry, IReadOnlyList<IDomainEvent> events)
    {
        var context = (CommandContext)session.Scope;
        foreach (var happened in events)
        {
            var info = EventCatalog.Of(happened);
            var data = EventRecords.Write(session, info, happened);
            if (!info.IsAnnounced)
            {
                session.Set(entry, type.Fold((T?)entry.Live, happened, context.Now));
                session.Stage(new EventWrite(
                    entry.Key, entry.Tail, entry.Version, info.Name, info.SchemaVersion, context.Now.ToUnixTimeMilliseconds(), context.Record.Id, data));
            }

            context.LastEvent = EventRecords.Publish(session, context, info, happened, data, entry.Version, context.Routes);
        }

        return (T?)entry.Live;
    }
}
