using Microsoft.AspNetCore.Http;
using Workers.Api.Doors;
using Workers.Api.Http;
using Workers.Api.Reads;
using Workers.Engine.Options;
using Workers.Engine.Projections;

namespace Workers.Api.Cqrs;

/// <summary>Commands as document 001 has them: 202 unless the caller prefers to wait, with its types and rules.</summary>
internal sealed class CqrsCommandDoor(CommandDoor door, CommandReads reads, CqrsTypes types, CqrsOptions options)
{
    public const string Door = CommandRow.CqrsDoor;

    private readonly DoorRoute _route = new(Door, $"POST {CqrsEndpoints.Root}/commands")
    {
        RespondsAsync = true,
        Supported = () => types.Commands,
        Rules = options.Rules(),
    };

    public Task SendAsync(HttpContext http) => door.AcceptAsync(http, _route);

    public Task ListAsync(HttpContext http) => reads.ListAsync(http, Door);

    public async Task OneAsync(HttpContext http)
    {
        var view = await reads.FindAsync(http);
        using var json = JsonAnswer.Rent();
        CommandResource.Write(json.Writer, view with { WithStatus = true });
        await json.SendAsync(http, StatusCodes.Status200OK);
    }
}
