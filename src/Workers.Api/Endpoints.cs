using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Workers.Api.Doors;
using Workers.Api.Feeds;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Api.Sockets;

namespace Workers.Api;

/// <summary>Every path that is served, in one place.</summary>
internal sealed class Endpoints(IEndpointRouteBuilder app)
{
    private const string Commands = "/api/v1/commands";
    private readonly CommandDoor _door = app.ServiceProvider.GetRequiredService<CommandDoor>();
    private readonly ResourceReads _resources = app.ServiceProvider.GetRequiredService<ResourceReads>();

    public void Map()
    {
        MapCommands();
        MapControl();
        MapDeadLetters();
        MapInsights();
        MapHealth(app, Get<HealthReads>());
        app.MapGet("/ws", Get<SocketDoor>().AcceptAsync);
        Get("/api/v1/feeds/{topic}", Get<FeedReads>().GetAsync, orEvents: true);
        MapResource(Resource.User);
        MapResource(Resource.Payment);
        MapResource(Resource.Order);
        MapResource(Resource.Product);
        Get(Resource.User.Path + "/search", http => _resources.SearchAsync(http, Resource.User));
        ListOf(Resource.Payment, "user", "user_id");
        ListOf(Resource.Order, "user", "user_id");
        ListOf(Resource.Product, "category", "category");
        MapOrderActions("confirm", "cancel", "ship", "deliver");
        MapCache(Get<CacheReads>());
        MapRepositories();
    }

    private void MapCache(CacheReads cache)
    {
        Get("/api/v1/repositories/cache/stats", cache.StatsAsync);
        Post("/api/v1/repositories/cache/warm", cache.WarmAsync);
    }

    private void MapCommands()
    {
        Post(Commands + "/execute", Execute("execute", respondsAsync: false));
        Post(Commands + "/execute-async", Execute("execute-async", respondsAsync: true));
        Post(Commands + "/queue", Execute("queue", respondsAsync: true));
        Post(Commands + "/execute-batch", Get<BatchDoor>().AcceptAsync);
        Post(UndoDoor.Path, Get<UndoDoor>().AcceptAsync);

        var reads = Get<CommandReads>();
        Get(Commands, reads.ListAsync);
        Get(Commands + "/history", reads.ListAsync);
        Get(Commands + "/{id}", reads.OneAsync);
        Get(Commands + "/{id}/events", Get<TimelineReads>().GetAsync, orEvents: true);
    }

    private void MapControl()
    {
        var door = Get<ControlDoor>();
        Get(Commands + "/queue", Get<QueueReads>().ListAsync);
        Map(HttpMethods.Delete, Commands + "/queue", door.ClearAsync);
        Post(Commands + "/{id}/cancel", door.CancelAsync);
        Post(Commands + "/queues/{kind}/pause", door.PauseAsync);
        Post(Commands + "/queues/{kind}/resume", door.ResumeAsync);
    }

    private void MapDeadLetters()
    {
        var (door, reads) = (Get<DeadLetterDoor>(), Get<DeadLetterReads>());
        Get(Commands + "/dead-letters", reads.ListAsync);
        Get(Commands + "/dead-letters/groups", reads.GroupsAsync);
        Get(Commands + "/dead-letters/{id}", reads.OneAsync);
        Post(Commands + "/dead-letters/replay", door.ReplayManyAsync);
        Post(Commands + "/dead-letters/{id}/replay", door.ReplayAsync);
        Post(Commands + "/dead-letters/{id}/discard", door.DiscardAsync);
    }

    private void MapInsights()
    {
        var (sagas, audit, partitions) = (Get<SagaReads>(), Get<AuditReads>(), Get<PartitionReads>());
        Get(Commands + "/sagas", sagas.ListAsync);
        Get(Commands + "/sagas/{id}", sagas.OneAsync);
        Post(Commands + "/sagas/{id}/retry", Get<SagaDoor>().RetryAsync);
        Post(Commands + "/sagas/{id}/compensate", Get<SagaDoor>().CompensateAsync);
        Get(Commands + "/audit", audit.ListAsync);
        Get(Commands + "/audit/range", audit.ListAsync);
        Get(Commands + "/audit/type/{type}", audit.ByTypeAsync);
        Get(Commands + "/audit/{id}", audit.OneAsync);
        Get(Commands + "/partitions", partitions.PartitionsAsync);
        Put(Commands + "/partitions/{group}/{topic}/{partition}", Get<PositionDoor>().SetAsync);
        Get(Commands + "/workers", partitions.WorkersAsync);
    }

    public static void MapHealth(IEndpointRouteBuilder app, HealthReads health)
    {
        Get(app, "/health", health.AllAsync);
        Get(app, "/health/live", health.LiveAsync);
        Get(app, "/health/ready", health.ReadyAsync);
        Get(app, "/health/startup", health.StartedAsync);
    }

    private void MapResource(Resource resource)
    {
        var one = resource.Path + "/{id}";
        Post(resource.Path, Write(resource, resource.Noun == "payment" ? "process" : "create", HttpMethods.Post, resource.Path));
        Get(resource.Path, http => _resources.ListAsync(http, resource));
        Get(one, http => _resources.OneAsync(http, resource));
        Put(one, Write(resource, "update", HttpMethods.Put, one));
        Map(HttpMethods.Delete, one, Write(resource, "delete", HttpMethods.Delete, one));
    }

    private void MapOrderActions(params ReadOnlySpan<string> actions)
    {
        foreach (var action in actions)
        {
            var path = $"{Resource.Order.Path}/{{id}}/{action}";
            Put(path, Write(Resource.Order, action, HttpMethods.Put, path));
        }

        Get(Resource.Order.Path + "/{id}/events", http => _resources.EventsAsync(http, Resource.Order));
    }

    private void MapRepositories()
    {
        const string repositories = "/api/v1/repositories";
        var reads = Get<RepositoryReads>();
        Get(repositories, reads.ListAsync);
        Get(repositories + "/{type}", reads.OneAsync);
        Post(repositories + "/query", Get<RepositoryQueries>().AnswerAsync);
    }

    private void ListOf(Resource resource, string segment, string field) =>
        Get($"{resource.Path}/{segment}/{{{field}}}", http => _resources.ListOfAsync(http, resource, field));

    private RequestDelegate Execute(string name, bool respondsAsync)
    {
        var route = new DoorRoute(name, $"POST {Commands}/{name}") { RespondsAsync = respondsAsync };
        return http => _door.AcceptAsync(http, route);
    }

    private RequestDelegate Write(Resource resource, string action, string method, string path)
    {
        var route = new DoorRoute("resource", $"{method} {path}")
        {
            Command = resource.Does(action),
            Creates = HttpMethods.IsPost(method) ? path : null,
            Deletes = HttpMethods.IsDelete(method),
        };
        return http => _door.AcceptAsync(http, route);
    }

    private T Get<T>()
        where T : notnull => app.ServiceProvider.GetRequiredService<T>();

    private void Get(string path, RequestDelegate answer, bool orEvents = false) => Get(app, path, answer, orEvents);

    private static void Get(IEndpointRouteBuilder app, string path, RequestDelegate answer, bool orEvents = false) =>
        app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer).WithMetadata(new AnswersJson(orEvents));

    private void Post(string path, RequestDelegate answer) => Map(HttpMethods.Post, path, answer);

    private void Put(string path, RequestDelegate answer) => Map(HttpMethods.Put, path, answer);

    private void Map(string method, string path, RequestDelegate answer) => app.MapMethods(path, [method], answer).WithMetadata(new AnswersJson());
}
