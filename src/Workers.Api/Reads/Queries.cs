using System.Data.Common;
using System.Diagnostics;
using Workers.Bus;
using Workers.Bus.Middleware;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>A page of a read model.</summary>
internal sealed record ListModels(ReadModelQuery Asked) : IQuery<ListModels, Page<ReadModel>>;

/// <summary>A page of commands.</summary>
internal sealed record ListCommands(CommandQuery Asked) : IQuery<ListCommands, Page<CommandRow>>;

/// <summary>A page of the audit trail.</summary>
internal sealed record ListAudit(AuditQuery Asked) : IQuery<ListAudit, Page<AuditEntry>>;

/// <summary>One entry of it; null if there is none.</summary>
internal sealed record FindAuditEntry(Guid Id) : IQuery<FindAuditEntry, AuditEntry?>;

/// <summary>A resource as its events had made it by a version that it has reached: this cannot change any more, so it is cached.</summary>
internal sealed record StateAt(StateKey Key, long Version) : IQuery<StateAt, StateRow?>;

/// <summary>The API's queries and what answers them.</summary>
internal sealed class Queries(IReadModelStore models, IAuditStore audit, StateReaders readers, IResourceViews views, BusSettings settings, TimeProvider clock)
{
    private const int Page = 1_000;
    private const int StatesKept = 1_000;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    public QueryBus OnBus()
    {
        var bus = new QueryBus(new QueryBusOptions
        {
            InitialCapacity = settings.Query.InitialCapacity,
            Middleware =
            [
                new TracingMiddleware(new ActivitySource("Workers")),
                new CachingMiddleware(settings.Query.CacheTtl, StatesKept, clock, static type => type == typeof(StateAt)),
                new RetryMiddleware(settings.Query.MaxRetries, RetryDelay, IsTransient, clock),
            ],
            PassThrough = static _ => true, // the front door tells what becomes of an exception
        });
        bus.Register<ListModels, Page<ReadModel>>((query, cancellation) => models.ListAsync(query.Asked, cancellation));
        bus.Register<ListCommands, Page<CommandRow>>((query, cancellation) => models.ListCommandsAsync(query.Asked, cancellation));
        bus.Register<ListAudit, Page<AuditEntry>>((query, cancellation) => audit.ListAsync(query.Asked, cancellation));
        bus.Register<FindAuditEntry, AuditEntry?>((query, cancellation) => audit.FindAsync(query.Id, cancellation));
        bus.Register<StateAt, StateRow?>((query, _) => new(Fold(query)));
        return bus;
    }

    public static IEnumerable<EventRow> History(IStateReader reader, StateKey key)
    {
        for (var next = 1L; reader.Events(key, next, Page) is { Count: > 0 } events; next = events[^1].Version + 1)
        {
            foreach (var row in events)
            {
                yield return row;
            }
        }
    }

    private StateRow? Fold(StateAt query)
    {
        using var loan = readers.Rent();
        return views.Fold(query.Key.Kind, History(loan.Reader, query.Key).TakeWhile(row => row.Version <= query.Version));
    }

    // A store that is away is told at once: only what passes by itself is tried again.
    private static bool IsTransient(Exception error) => (error as StoreUnavailableException)?.InnerException is IOException or DbException { IsTransient: true };
}
