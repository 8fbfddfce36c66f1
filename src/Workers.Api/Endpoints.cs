using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Api.Reads;

namespace Workers.Api;

/// <summary>Every path that is served, in one place.</summary>
internal static class Endpoints
{
    private const string Commands = "/api/v1/commands";

    public static void Map(IEndpointRouteBuilder app)
    {
        MapCommands(app, app.ServiceProvider);
        MapHealth(app, app.ServiceProvider.GetRequiredService<HealthReads>());
    }

    private static void MapCommands(IEndpointRouteBuilder app, IServiceProvider services)
    {
        var door = services.GetRequiredService<CommandDoor>();
        Post(app, Commands + "/execute", Door(door, "execute"));
        Post(app, Commands + "/execute-async", Door(door, "execute-async", respondsAsync: true));

        var reads = services.GetRequiredService<CommandReads>();
        Get(app, Commands, reads.ListAsync);
        Get(app, Commands + "/history", reads.ListAsync);
        Get(app, Commands + "/{id}", reads.OneAsync);
    }

    private static void MapHealth(IEndpointRouteBuilder app, HealthReads health)
    {
        Get(app, "/health", health.AllAsync);
        Get(app, "/health/live", health.LiveAsync);
        Get(app, "/health/ready", health.ReadyAsync);
        Get(app, "/health/startup", health.StartedAsync);
    }

    private static RequestDelegate Door(CommandDoor door, string name, bool respondsAsync = false)
    {
        var route = new DoorRoute(name, $"POST {Commands}/{name}") { RespondsAsync = respondsAsync };
        return http => door.AcceptAsync(http, route);
    }

    private static void Get(IEndpointRouteBuilder app, string path, RequestDelegate answer, bool orEvents = false) =>
        app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer).WithMetadata(new AnswersJson(orEvents));

    private static void Post(IEndpointRouteBuilder app, string path, RequestDelegate answer) => app.MapPost(path, answer).WithMetadata(new AnswersJson());
}
