using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Identity;
using Workers.Engine.Options;

namespace Workers.Api.Sockets;

/// <summary><c>GET /ws?user_id=&amp;client_id=&amp;subscribe=&amp;after=</c>: everything is refused before the upgrade, as problem details.</summary>
internal sealed class SocketDoor(SocketHub hub, StandingAccess access, SocketOptions options, ApiOptions api)
{
    public async Task AcceptAsync(HttpContext http)
    {
        var address = new SocketAddress(UserOf(http), Id(http, "client_id"));
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.Headers.Upgrade = "websocket";
            http.Response.Headers.Connection = "Upgrade";
            await new Problem(StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", "/ws is a WebSocket: connect with Upgrade: websocket").WriteAsync(http);
            return;
        }

        if (CrossSite.RefuseSocket(http, api.Cors) is { } foreign)
        {
            throw new ProblemException(foreign);
        }

        var (asked, error) = Subscription.Read(http.Request.Query["subscribe"], http.Request.Query["after"]);
        if (asked is null || (asked.After is { } after && hub.PlaceOf(after) is null))
        {
            throw ListQuery.Bad(error is null ? "after" : "subscribe", error ?? "after must be the seq of a frame");
        }

        if (hub.Reserve(address) is { } full)
        {
            throw new ProblemException(full);
        }

        try
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext { KeepAliveInterval = options.Ping, KeepAliveTimeout = options.Ping });
            using var stay = access.Enter(Caller.Of(http));
            await hub.ServeAsync(socket, address, asked, stay.Ended, http.RequestAborted);
        }
        finally
        {
            hub.Release(address);
        }
    }

    // A key's own user, unless it is an operator's.
    private static string? UserOf(HttpContext http)
    {
        var (asked, caller) = (Id(http, "user_id"), Caller.Of(http));
        if (!caller.IsKnown || caller.Is(Role.Operator))
        {
            return asked;
        }

        return asked is null || asked == caller.Name ? caller.Name
            : throw new ProblemException(CrossSite.Forbidden($"Only an operator sees another user's events; this key's user_id is {caller.Name}"));
    }

    private static string? Id(HttpContext http, string name)
    {
        var id = http.Request.Query[name].ToString();
        return id.Length == 0 ? null : IdRules.IsId(id) ? id : throw new ProblemException(Problem.BadId(name));
    }
}
