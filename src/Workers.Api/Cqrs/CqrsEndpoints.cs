using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Workers.Api.Descriptions;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Engine.Options;
using static Workers.Api.Descriptions.Describes;

namespace Workers.Api.Cqrs;

/// <summary>The paths of document 001, <c>/api/v1/cqrs</c>.</summary>
internal sealed class CqrsEndpoints(IEndpointRouteBuilder app)
{
    public const string Root = "/api/v1/cqrs";

    public void Map()
    {
        MapCommands(Of<CqrsCommandDoor>(), Of<CqrsOptions>());
        MapQueries(Of<CqrsQueryDoor>());
        MapEvents(Of<CqrsEventDoor>());
        MapModels(Of<CqrsModelDoor>());
        MapHandlers(Of<CqrsHandlerDoor>());
        MapMonitoring(Of<CqrsMonitoring>());
    }

    private void MapCommands(CqrsCommandDoor commands, CqrsOptions options)
    {
        Map(HttpMethods.Post, "/commands", Role.Submitter, commands.SendAsync).Describe(Executes("Send a command: accepted, unless the caller waits for what it comes to") with
        {
            Commands = [.. options.SupportedCommandTypes.Select(CommandCatalog.Find).OfType<CommandInfo>()],
            Door = new DescribedDoor(DescribedDoor.Cqrs, options.Rules()),
        });
        Get("/commands", commands.ListAsync).Describe(List<CommandShape, CommandFilters>("Commands that were sent here, the newest first"));
        Get("/commands/{id}", commands.OneAsync).Describe(One<CommandShape>("A command, by the caller's id or ours") with { Query = typeof(CommandPlace) });
    }

    private void MapQueries(CqrsQueryDoor queries)
    {
        Map(HttpMethods.Post, "/queries", Role.Viewer, queries.AskAsync)
            .Describe(Do<QueryBody, QueryAnswerShape>("Ask a query, which is answered at once") with { Refusals = [404, 422, 504] });
        Get("/queries", queries.ListAsync).Describe(List<AskedQueryShape, QueryFilters>("Queries that this process has answered, the newest first"));
        Get("/queries/{id}", queries.OneAsync).Describe(One<AskedQueryShape>("A query with its answer, as long as there is room"));
    }

    private void MapEvents(CqrsEventDoor events)
    {
        Map(HttpMethods.Post, "/events", Role.Submitter, events.PublishAsync).Describe(Make<EventBody, CqrsEventShape>("Post an event"));
        Get("/events", events.ListAsync).Describe(List<CqrsEventShape, CqrsEventFilters>("The newest events, posted ones among our own"));
        Get("/events/{id}", events.OneAsync).Describe(One<CqrsEventShape>("An event"));
    }

    private void MapModels(CqrsModelDoor models)
    {
        Map(HttpMethods.Post, "/read-models", Role.Submitter, models.SaveAsync).Describe(Write<ReadModelBody, ReadModelShape>("Save a read model") with
        {
            Answers = [(200, typeof(ReadModelShape)), (201, typeof(ReadModelShape)), (202, typeof(CommandShape))],
        });
        Get("/read-models", models.ListAsync).Describe(List<ReadModelShape, ReadModelFilters>("Read models that were saved and those that events make, the newest first"));
        Get("/read-models/{id}", models.OneAsync).Describe(One<ReadModelShape>("A read model") with { Query = typeof(ReadModelType) });
        Map(HttpMethods.Delete, "/read-models/{id}", Role.Submitter, models.DeleteAsync).Describe(new("Show a read model no more, until events change it")
        {
            Answers = [(202, typeof(CommandShape)), (204, null)],
            Query = typeof(ReadModelType),
            Refusals = [409, 422],
            IsWrite = true,
        });
    }

    private void MapHandlers(CqrsHandlerDoor handlers)
    {
        foreach (var handles in new[] { null, HandlerTargets.Queries, HandlerTargets.Events })
        {
            var what = handles ?? "commands";
            Map(HttpMethods.Post, $"/handlers/{what}", Role.Operator, http => handlers.RegisterAsync(http, handles))
                .Describe(Write<CqrsRegisterBody, RegisteredShape>($"Register who handles {what} of a type, or bring a built-in handler back") with
                {
                    Answers = [(200, typeof(RegisteredShape)), (201, typeof(RegisteredShape)), (202, typeof(CommandShape))],
                    Refusals = [404, 409, 422],
                });
            Map(HttpMethods.Delete, $"/handlers/{what}/{{type}}", Role.Operator, http => handlers.UnregisterAsync(http, handles))
                .Describe(Write<ReasonBody, RegistrationShape>($"Let nobody handle {what} of a type"));
        }
    }

    private void MapMonitoring(CqrsMonitoring monitoring)
    {
        Get("/stats", monitoring.StatsAsync).Describe(One<CqrsStatsShape>("How many commands, queries, events, read models and handlers there are") with { Refusals = [404] });
        Get("/health", monitoring.HealthAsync).Describe(Health<CqrsHealthShape>("How the program is, with its components"));
        Map(HttpMethods.Post, "/cleanup", Role.Admin, monitoring.CleanupAsync).Describe(Write<CleanupBody, CleanedShape>("Cut the lists to their limits"));
    }

    public static IServiceCollection AddTo(IServiceCollection services) => services
        .AddSingleton<CqrsTypes>().AddSingleton<CqrsCommandDoor>().AddSingleton<CqrsEventDoor>().AddSingleton<CqrsQueryDoor>().AddSingleton<CqrsModelDoor>()
        .AddSingleton<CqrsHandlerDoor>().AddSingleton<CqrsMonitoring>().AddSingleton<CqrsModels>().AddSingleton<CqrsQueries>().AddSingleton<EntityQuery>()
        .AddSingleton<QueryTable>();

    private T Of<T>()
        where T : notnull => app.ServiceProvider.GetRequiredService<T>();

    private IEndpointConventionBuilder Get(string path, RequestDelegate answer) =>
        app.MapMethods(Root + path, [HttpMethods.Get, HttpMethods.Head], answer).WithMetadata(new AnswersJson(), new Needs(Role.Viewer));

    private IEndpointConventionBuilder Map(string method, string path, Role needs, RequestDelegate answer) =>
        app.MapMethods(Root + path, [method], answer).WithMetadata(new AnswersJson(), new Needs(needs));
}
