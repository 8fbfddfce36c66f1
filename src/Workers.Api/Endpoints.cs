using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Workers.Api.Cqrs;
using Workers.Api.Descriptions;
using Workers.Api.Doors;
using Workers.Api.Feeds;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Api.Sockets;
using Workers.Engine.Identity;
using static Workers.Api.Descriptions.Describes;

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
        MapMetrics();
        MapSubscriptions();
        MapSchedules(Get<ScheduleDoor>(), Get<ScheduleReads>());
        MapHealth(app, Get<HealthReads>());
        app.MapGet("/ws", Get<SocketDoor>().AcceptAsync).WithMetadata(new Needs(Role.Viewer)).Describe(new("Events as they happen: a WebSocket, described by /asyncapi.yaml")
        {
            Answers = [(101, null)],
            Query = typeof(SocketQuery),
            Refusals = [426],
        });
        MapDescriptions(Get<DescriptionReads>());
        MapKeys(Get<KeyDoor>());
        Get(CallerReads.Path, Get<CallerReads>().GetAsync).Describe(One<MeShape>("Who asks, and what that allows"));
        Get("/api/v1/feeds/{topic}", Get<FeedReads>().GetAsync, orEvents: true)
            .Describe(One<FeedPageShape>("Events of a public feed, the oldest first: a page, or a stream of them") with { Query = typeof(FeedQuery), Refusals = [410] });
        MapResource(Resource.User);
        MapResource(Resource.Payment);
        MapResource(Resource.Order);
        MapResource(Resource.Product);
        Get(Resource.User.Path + "/search", http => _resources.SearchAsync(http, Resource.User))
            .Describe(List<UserShape, Search>("Search users by name and e-mail address") with { Filters = Resource.User.Filters });
        ListOf(Resource.Payment, "user", "user_id");
        ListOf(Resource.Order, "user", "user_id");
        ListOf(Resource.Product, "category", "category");
        MapOrderActions("confirm", "cancel", "ship", "deliver");
        MapCache(Get<CacheReads>());
        MapRepositories();
        new CqrsEndpoints(app).Map();
        Declared(app);
    }

    /// <exception cref="InvalidOperationException">A path does not say which role it takes.</exception>
    public static void Declared(IEndpointRouteBuilder app)
    {
        var silent = app.DataSources.SelectMany(source => source.Endpoints).Where(endpoint => endpoint.Metadata.GetMetadata<Needs>() is null).ToList();
        if (silent.Count > 0)
        {
            throw new InvalidOperationException($"These paths do not say which role they take: {string.Join(", ", silent.Select(endpoint => endpoint.DisplayName))}");
        }
    }

    private void MapKeys(KeyDoor keys)
    {
        Post(KeyDoor.Path, Role.Admin, keys.CreateAsync).Describe(new("Make an API key: the answer alone has it")
        {
            Body = typeof(KeyBody),
            Answers = [(201, typeof(NewKeyShape)), (202, typeof(NewKeyShape))],
            Refusals = [409, 422],
            IsWrite = true,
        });
        Get(KeyDoor.Path, keys.ListAsync, needs: Role.Admin).Describe(List<KeyShape>("API keys, without the keys themselves"));
        Get(KeyDoor.Path + "/{id}", keys.OneAsync, needs: Role.Admin).Describe(One<KeyShape>("An API key, without the key itself"));
        Delete(KeyDoor.Path + "/{id}", Role.Admin, keys.RevokeAsync).Describe(Write<ReasonBody, RevokedKeyShape>("Revoke an API key"));
    }

    private void MapCache(CacheReads cache)
    {
        Get("/api/v1/repositories/cache/stats", cache.StatsAsync).Describe(One<CacheShape>("How the cache of resources does"));
        Post("/api/v1/repositories/cache/warm", Role.Admin, cache.WarmAsync).Describe(Do<WarmBody, WarmedShape>("Read the newest resources into the cache"));
    }

    private void MapCommands()
    {
        Post(Commands + "/execute", Role.Submitter, Execute("execute", respondsAsync: false)).Describe(Executes("Execute a command and wait for what it comes to"));
        Post(Commands + "/execute-async", Role.Submitter, Execute("execute-async", respondsAsync: true)).Describe(Executes("Accept a command and answer at once"));
        Post(Commands + "/queue", Role.Submitter, Execute("queue", respondsAsync: true)).Describe(Executes("Put a command into the queue"));
        Post(Commands + "/execute-batch", Role.Submitter, Get<BatchDoor>().AcceptAsync)
            .Describe(Write<BatchBodyShape, BatchShape>("Execute up to 1,000 commands, appended in one commit") with { NeedsBody = true, Answers = [(200, typeof(BatchShape)), (202, typeof(BatchShape))] });
        Post(UndoDoor.Path, Role.Submitter | Role.Operator, Get<UndoDoor>().AcceptAsync).Describe(Write<UndoBody, UndoneShape>("Undo what a command has done") with { Refusals = [404, 409, 422] });

        var reads = Get<CommandReads>();
        Get(Commands, reads.ListAsync).Describe(List<CommandShape, CommandFilters>("Commands, the newest first"));
        Get(Commands + "/history", reads.ListAsync).Describe(List<CommandShape, CommandFilters>("The same as the list of commands"));
        Get(Commands + "/{id}", reads.OneAsync).Describe(One<CommandShape>("A command, by the caller's id or ours") with { Query = typeof(CommandPlace) });
        Get(Commands + "/{id}/events", Get<TimelineReads>().GetAsync, orEvents: true)
            .Describe(One<Page<TimelineEntryShape>>("A command's states so far: a list, or a stream that ends with it"));
    }

    private void MapControl()
    {
        var door = Get<ControlDoor>();
        Get(Commands + "/queue", Get<QueueReads>().ListAsync).Describe(List<CommandShape, QueueFilters>("What waits to be executed"));
        Delete(Commands + "/queue", Role.Operator, door.ClearAsync).Describe(Write<ReasonBody, ClearedQueueShape>("Cancel what waits in the queue"));
        Post(Commands + "/{id}/cancel", Role.Submitter | Role.Operator, door.CancelAsync).WithMetadata(new TakesBack()).Describe(Write<ReasonBody, CommandShape>("Cancel a command that waits"));
        var (cancellations, operations) = (Get<CancellationDoor>(), Get<CancellationReads>());
        Post(Commands + "/cancel", Role.Operator, cancellations.StartAsync)
            .Describe(Write<CancellationBody, CancellationShape>("Cancel commands that wait, all that a filter finds")
                with
            { Answers = [(200, typeof(CancellationShape)), (202, typeof(CancellationStartedShape)), (202, typeof(CommandShape))] });
        Get(CancellationReads.Path, operations.ListAsync).Describe(List<CancellationOperationShape, CancellationFilters>("Cancellations of many commands, the newest first"));
        Get(CancellationReads.Path + "/{id}", operations.OneAsync).Describe(One<CancellationOperationShape>("How far a cancellation is"));
        Post(CancellationReads.Path + "/{id}/cancel", Role.Operator, cancellations.StopAsync).Describe(Write<ReasonBody, CancellationStartedShape>("End a cancellation; what is cancelled stays so"));
        Post(Commands + "/queues/{kind}/pause", Role.Operator, door.PauseAsync).Describe(Write<PauseBody, QueueStateShape>("Hold commands of a kind back"));
        Post(Commands + "/queues/{kind}/resume", Role.Operator, door.ResumeAsync).Describe(Write<ResumeBody, QueueStateShape>("Let commands of a kind go on"));

        var (handlers, reads, circuits) = (Get<HandlerDoor>(), Get<HandlerReads>(), Get<CircuitReads>());
        Get(Commands + "/handlers", reads.ListAsync).Describe(One<Page<HandlerShape>>("Who executes commands, and how they do"));
        Get(Commands + "/handlers/{name}", reads.OneAsync).Describe(One<HandlerShape>("A handler"));
        Post(Commands + "/handlers/{name}/register", Role.Operator, handlers.RegisterAsync)
            .Describe(Write<RegisterBody, RegistrationShape>("Register a handler outside, or bring a built-in one back") with { Answers = [(200, typeof(RegistrationShape)), (201, typeof(RegistrationShape)), (202, typeof(CommandShape))] });
        Delete(Commands + "/handlers/{name}", Role.Operator, handlers.UnregisterAsync).Describe(Write<ReasonBody, RegistrationShape>("Take a handler out"));
        Get(Commands + "/circuit-breaker/status", circuits.StatusAsync).Describe(One<CircuitsShape>("Circuits of services and handlers outside"));
        Post(Commands + "/circuit-breaker/reset", Role.Operator, handlers.ResetAsync).Describe(Write<ResetBody, CircuitResetShape>("Close circuits by hand") with { Refusals = [404, 409, 422] });
        Delete(Commands + "/history", Role.Admin, handlers.ClearHistoryAsync).Describe(Write<ReasonBody, ClearedHistoryShape>("Forget commands that have ended; their ids stay known"));
    }

    private void MapDeadLetters()
    {
        const string letters = Commands + "/dead-letters";
        var (door, reads) = (Get<DeadLetterDoor>(), Get<DeadLetterReads>());
        Get(letters, reads.ListAsync).Describe(List<DeadLetterShape, DeadLetterFilters>("What could not be executed, the newest first"));
        Get(letters + "/groups", reads.GroupsAsync).Describe(List<DeadLetterGroupShape, DeadLetterFilters>("Dead letters by cause, the most frequent first"));
        Get(letters + "/{id}", reads.OneAsync).Describe(One<DeadLetterShape>("A dead letter"));
        Put(letters + "/{id}", Role.Operator, door.EditAsync).Describe(Write<EditBody, EditedShape>("Edit a dead letter's command; the original is kept"));
        Post(letters + "/{id}/replay", Role.Operator, door.ReplayAsync).Describe(Write<ReasonBody, DoneShape>("Put a dead letter back"));
        Post(letters + "/{id}/discard", Role.Operator, door.DiscardAsync).Describe(Write<ReasonBody, DoneShape>("Take a dead letter off the desk"));

        var (replays, operations) = (Get<ReplayDoor>(), Get<ReplayReads>());
        Post(letters + "/replay", Role.Operator, replays.StartAsync)
            .Describe(Write<ReplayBody, ReplayShape>("Put dead letters back, all that a filter finds")
                with
            { Answers = [(200, typeof(ReplayShape)), (202, typeof(ReplayStartedShape)), (202, typeof(CommandShape))] });
        Get(ReplayReads.Path, operations.ListAsync).Describe(List<ReplayOperationShape, ReplayFilters>("Replays of many dead letters, the newest first"));
        Get(ReplayReads.Path + "/{id}", operations.OneAsync).Describe(One<ReplayOperationShape>("How far a replay is"));
        Post(ReplayReads.Path + "/{id}/cancel", Role.Operator, replays.CancelAsync).Describe(Write<ReasonBody, ReplayStartedShape>("End a replay; what was put back stays so"));
    }

    private void MapInsights()
    {
        var (sagas, audit, partitions) = (Get<SagaReads>(), Get<AuditReads>(), Get<PartitionReads>());
        Get(Commands + "/sagas", sagas.ListAsync).Describe(List<SagaShape, SagaFilters>("Flows, the newest first"));
        Get(Commands + "/sagas/{id}", sagas.OneAsync).Describe(One<SagaDetailShape>("A flow, by its own id or that of what it is about"));
        Post(Commands + "/sagas/{id}/retry", Role.Operator, Get<SagaDoor>().RetryAsync).Describe(Write<ReasonBody, FlowAskedShape>("Try the step again at which a flow is stuck"));
        Post(Commands + "/sagas/{id}/compensate", Role.Operator, Get<SagaDoor>().CompensateAsync).Describe(Write<ReasonBody, FlowAskedShape>("Undo what a stuck flow has done"));
        GetOrExport(Commands + "/audit", audit.ListAsync).Describe(List<AuditShape, AuditFilters>("The audit trail, the newest first, or all of it as a file"));
        GetOrExport(Commands + "/audit/range", audit.ListAsync).Describe(List<AuditShape, AuditFilters>("The audit trail between two times"));
        GetOrExport(Commands + "/audit/type/{type}", audit.ByTypeAsync).Describe(List<AuditShape, AuditFilters>("The audit trail of a command's name or kind"));
        Get(Commands + "/audit/{id}", audit.OneAsync).Describe(One<AuditShape>("An entry of the audit trail"));
        Get(Commands + "/partitions", partitions.PartitionsAsync).Describe(One<Page<PartitionShape>>("How far each group has read each partition"));
        Put(Commands + "/partitions/{group}/{topic}/{partition}", Role.Operator, Get<PositionDoor>().SetAsync)
            .Describe(Do<PositionBody, PositionShape>("Set where a group reads on in a partition"));
        Get(Commands + "/workers", Get<WorkerReads>().ListAsync).Describe(One<Page<WorkerShape>>("The processes that work, what they serve, and what they are busy with"));
        Get(Commands + "/parked-keys", Get<ParkedReads>().ListAsync).Describe(One<Page<ParkedKeyShape>>("Keys whose commands wait for another attempt or behind a pause") with { Query = typeof(ParkedFilters) });
    }

    private void MapMetrics()
    {
        var reads = Get<MetricsReads>();
        var range = One<MetricsShape>("How commands have ended, how long they waited and ran") with { Query = typeof(MetricsRange) };
        Get(Commands + "/metrics", reads.AllAsync).Describe(range);
        Get(Commands + "/metrics/{type}", reads.OfTypeAsync).Describe(range with { Summary = "The same of a kind or of a command's name" });
        Post(Commands + "/metrics/reset", Role.Admin, Get<MetricsDoor>().ResetAsync).Describe(Write<ReasonBody, FiguresResetShape>("Let figures begin anew"));
    }

    private void MapSubscriptions()
    {
        const string subscriptions = Commands + "/subscriptions";
        var (door, reads) = (Get<SubscriptionDoor>(), Get<SubscriptionReads>());
        Get(subscriptions, reads.ListAsync).Describe(List<SubscriptionShape>("Who is told by webhook when commands end"));
        Post(subscriptions, Role.Operator, door.CreateAsync).Describe(Make<SubscriptionBody, NewSubscriptionShape>("Have somebody told by webhook when commands end"));
        Get(subscriptions + "/{id}", reads.OneAsync).Describe(One<SubscriptionShape>("Who is told, of what, and whether it is"));
        Delete(subscriptions + "/{id}", Role.Operator, door.DeleteAsync).Describe(Write<ReasonBody, DeletedSubscriptionShape>("Have nobody told any more"));
        Get(subscriptions + "/{id}/deliveries", reads.DeliveriesAsync).Describe(List<DeliveryShape>("What is being delivered, then what was, the newest first"));
        Post(subscriptions + "/{id}/deliveries/{delivery}/redeliver", Role.Operator, door.RedeliverAsync)
            .Describe(Write<ReasonBody, RedeliveredShape>("Deliver once more what has ended"));
    }

    private void MapSchedules(ScheduleDoor door, ScheduleReads reads)
    {
        const string one = DelayedDoor.Path + "/{id}";
        Post(Commands + "/schedule", Role.Submitter | Role.Operator, door.CreateAsync).Describe(Write<ScheduleBodyShape, ScheduleShape>("Have a command executed at a time, or again and again")
            with
        { NeedsBody = true, Answers = [(201, typeof(ScheduleShape)), (202, typeof(CommandShape))] });
        Get(DelayedDoor.Path, reads.ListAsync).Describe(List<ScheduleShape, ScheduleFilters>("Schedules, then commands that wait for their one time"));
        var import = Get<ScheduleImport>();
        Get(DelayedDoor.Path + "/export", import.ExportAsync).Describe(One<ScheduleFileShape>("All schedules, as they would be imported"));
        Post(DelayedDoor.Path + "/import", Role.Operator, import.ImportAsync).Describe(Do<ScheduleImportBody, ImportedShape>("Make the schedules be these") with { NeedsBody = true });
        Post(DelayedDoor.Path + "/preview", Role.Viewer, Get<SchedulePreview>().AnswerAsync)
            .Describe(Do<ScheduleBodyShape, PreviewShape>("When a schedule would fire, before there is one") with { Query = typeof(Limited), NeedsBody = true });
        Get(one, reads.OneAsync).Describe(One<ScheduleShape>("A schedule") with { Query = typeof(CommandPlace) });
        Put(one, Role.Submitter | Role.Operator, door.ChangeAsync).Describe(Write<ScheduleBodyShape, ScheduleShape>("Change a schedule, or the time of a command") with { NeedsBody = true });
        Delete(one, Role.Submitter | Role.Operator, door.DeleteAsync).WithMetadata(new TakesBack()).Describe(Write<ReasonBody, ScheduleAskedShape>("Delete a schedule, or cancel a command that waits for its time"));
        Post(one + "/pause", Role.Operator, door.PauseAsync).Describe(Write<SchedulePauseBody, ScheduleShape>("Keep a schedule from firing"));
        Post(one + "/resume", Role.Operator, door.ResumeAsync).Describe(Write<ReasonBody, ScheduleShape>("Let a schedule fire again"));
        Post(one + "/trigger", Role.Submitter | Role.Operator, door.TriggerAsync).Describe(Write<ReasonBody, ScheduleAskedShape>("Have a schedule's command executed now"));
        Get(one + "/upcoming", reads.UpcomingAsync).Describe(List<UpcomingShape, UpcomingFilters>("The times at which a schedule fires next"));
        Get(one + "/runs", reads.RunsAsync).Describe(List<RunShape>("What became of a schedule's last times, the newest first"));
    }

    public static void MapHealth(IEndpointRouteBuilder app, HealthReads health)
    {
        Get(app, "/health", health.AllAsync, needs: Role.None).Describe(Health<HealthShape>("How the program is"));
        Get(app, "/health/live", health.LiveAsync, needs: Role.None).Describe(Health<HealthShape>("Whether the process answers"));
        Get(app, "/health/ready", health.ReadyAsync, needs: Role.None).Describe(Health<HealthShape>("Whether requests can be taken, and how each part is"));
        Get(app, "/health/startup", health.StartedAsync, needs: Role.None).Describe(Health<HealthShape>("Whether it was ready once"));
    }

    private void MapDescriptions(DescriptionReads descriptions)
    {
        Get("/openapi/v1.json", descriptions.OpenApiAsync).Describe(new("This description") { Answers = [(200, typeof(DocumentShape))], IsDocument = true });
        app.MapMethods("/asyncapi.yaml", [HttpMethods.Get, HttpMethods.Head], descriptions.AsyncApiAsync).WithMetadata(new Needs(Role.Viewer))
            .Describe(new("Topics and the WebSocket, described by AsyncAPI") { Answers = [(200, null)], MediaType = DescriptionReads.YamlType, IsDocument = true });
    }

    private void MapResource(Resource resource)
    {
        var (one, says) = (resource.Path + "/{id}", new ResourceDescriptions(resource));
        var creates = resource.Noun == "payment" ? "process" : "create";
        Post(resource.Path, Role.Submitter, Write(resource, creates, HttpMethods.Post, resource.Path)).Describe(says.Creates(creates));
        Get(resource.Path, http => _resources.ListAsync(http, resource)).Describe(says.Lists());
        Get(one, http => _resources.OneAsync(http, resource)).Describe(says.Reads());
        Put(one, Role.Submitter, Write(resource, "update", HttpMethods.Put, one)).Describe(says.Updates());
        Delete(one, Role.Submitter, Write(resource, "delete", HttpMethods.Delete, one)).Describe(says.Deletes());
    }

    private void MapOrderActions(params ReadOnlySpan<string> actions)
    {
        foreach (var action in actions)
        {
            var path = $"{Resource.Order.Path}/{{id}}/{action}";
            Put(path, Role.Submitter, Write(Resource.Order, action, HttpMethods.Put, path)).Describe(new ResourceDescriptions(Resource.Order).Acts(action));
        }

        Get(Resource.Order.Path + "/{id}/events", http => _resources.EventsAsync(http, Resource.Order))
            .Describe(List<OrderEventShape, OrderEvents>("An order's history"));
    }

    private void MapRepositories()
    {
        const string repositories = "/api/v1/repositories";
        var reads = Get<RepositoryReads>();
        Get(repositories, reads.ListAsync).Describe(One<Page<RepositoryShape>>("How entities are kept"));
        Get(repositories + "/{type}", reads.OneAsync).Describe(One<RepositoryShape>("A way in which entities are kept"));
        Post(repositories + "/query", Role.Viewer, Get<RepositoryQueries>().AnswerAsync).Describe(Do<RepositoryQuery, QueryResultShape>("Entities of which conditions are true, or what they come to"));
    }

    private void ListOf(Resource resource, string segment, string field) =>
        Get($"{resource.Path}/{segment}/{{{field}}}", http => _resources.ListOfAsync(http, resource, field))
            .Describe(new ResourceDescriptions(resource).Lists(field));

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

    private IEndpointConventionBuilder Get(string path, RequestDelegate answer, bool orEvents = false, Role needs = Role.Viewer) =>
        Get(app, path, answer, orEvents, needs);

    private IEndpointConventionBuilder GetOrExport(string path, RequestDelegate answer) =>
        app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer).WithMetadata(new AnswersJson(OrRows: true), new Needs(Role.Viewer));

    private static IEndpointConventionBuilder Get(IEndpointRouteBuilder app, string path, RequestDelegate answer, bool orEvents = false, Role needs = Role.Viewer) =>
        app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer).WithMetadata(new AnswersJson(orEvents), new Needs(needs));

    private IEndpointConventionBuilder Post(string path, Role needs, RequestDelegate answer) => Map(HttpMethods.Post, path, needs, answer);

    private IEndpointConventionBuilder Put(string path, Role needs, RequestDelegate answer) => Map(HttpMethods.Put, path, needs, answer);

    private IEndpointConventionBuilder Delete(string path, Role needs, RequestDelegate answer) => Map(HttpMethods.Delete, path, needs, answer);

    private IEndpointConventionBuilder Map(string method, string path, Role needs, RequestDelegate answer) =>
        app.MapMethods(path, [method], answer).WithMetadata(new AnswersJson(), new Needs(needs));
}
