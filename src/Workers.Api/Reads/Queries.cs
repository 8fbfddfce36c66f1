using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Workers.Bus;
using Workers.Bus.Middleware;
using Workers.Engine.Projections;
using Workers.Engine.Repositories;
using Workers.Engine.Store;
using Workers.Engine.Telemetry;
using Workers.Engine.Waiting;

namespace Workers.Api.Reads;

/// <summary>A page of resources.</summary>
internal sealed record ListResources(Resource Resource, IReadOnlyDictionary<string, string> Filters, string? Text, ListWindow Window)
    : IQuery<ListResources, Page<ResourceDocument>>;

/// <summary>Resources of which a specification is true.</summary>
internal sealed record FindResources(Resource Resource, Specification Where, IReadOnlyList<Ordering> OrderBy, int Limit, int Offset)
    : IQuery<FindResources, IReadOnlyList<ResourceDocument>>;

/// <summary>What they come to.</summary>
internal sealed record GroupResources(Resource Resource, Specification Where, IReadOnlyList<QueryField> By, IReadOnlyList<QueryField> Sums, int Limit)
    : IQuery<GroupResources, IReadOnlyList<SpecificationGroup>>;

/// <summary>A page of commands.</summary>
internal sealed record ListCommands(CommandQuery Asked) : IQuery<ListCommands, Page<CommandRow>>;

/// <summary>A page of the audit trail.</summary>
internal sealed record ListAudit(AuditQuery Asked) : IQuery<ListAudit, Page<AuditEntry>>;

/// <summary>One entry of it; null if there is none.</summary>
internal sealed record FindAuditEntry(Guid Id) : IQuery<FindAuditEntry, AuditEntry?>;

/// <summary>A resource as its events had made it by a version that it has reached: this cannot change any more, so it is cached.</summary>
internal sealed record StateAt(StateKey Key, long Version) : IQuery<StateAt, StateRow?>;

/// <summary>The API's queries and what answers them.</summary>
internal sealed class Queries(
    ResourceRepositories repositories, IReadModelStore models, IAuditStore audit, StateReaders readers, IResourceViews views, BusSettings settings,
    [FromKeyedServices(EngineMeter.Name)] ActivitySource spans, TimeProvider clock)
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
                new TracingMiddleware(spans),
                new CachingMiddleware(settings.Query.CacheTtl, StatesKept, clock, static type => type == typeof(StateAt)),
                new RetryMiddleware(settings.Query.MaxRetries, RetryDelay, IsTransient, clock),
            ],
            PassThrough = static _ => true, // the front door tells what becomes of an exception
        });
        bus.Register<ListResources, Page<ResourceDocument>>(ListAsync);
        bus.Register<FindResources, IReadOnlyList<ResourceDocument>>((query, cancellation) =>
            repositories.Of(query.Resource).FindBySpecification(query.Where, query.OrderBy, query.Limit, query.Offset, cancellation));
        bus.Register<GroupResources, IReadOnlyList<SpecificationGroup>>((query, cancellation) => query is { By.Count: 0, Sums.Count: 0 }
            ? CountAsync(query, cancellation)
            : repositories.Of(query.Resource).GroupBySpecification(query.Where, query.By, query.Sums, query.Limit, cancellation));
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

    private ValueTask<Page<ResourceDocument>> ListAsync(ListResources query, CancellationToken cancellation)
    {
        var repository = repositories.Of(query.Resource);
        return query.Text is not null ? repository.Search(query.Text, query.Filters, query.Window, cancellation)
            : query.Filters.Count > 0 ? repository.FindByMultiple(query.Filters, query.Window, cancellation)
            : repository.GetAll(query.Window, cancellation);
    }

    private async ValueTask<IReadOnlyList<SpecificationGroup>> CountAsync(GroupResources query, CancellationToken cancellation) =>
        [new SpecificationGroup([], await repositories.Of(query.Resource).CountBySpecification(query.Where, cancellation), [])];

    private StateRow? Fold(StateAt query)
    {
        using var loan = readers.Rent();
        return views.Fold(query.Key.Kind, History(loan.Reader, query.Key).TakeWhile(row => row.Version <= query.Version));
    }

    // A store that is away is told at once: only what passes by itself is tried again.
    private static bool IsTransient(Exception error) => (error as StoreUnavailableException)?.InnerException is IOException or DbException { IsTransient: true };
}
