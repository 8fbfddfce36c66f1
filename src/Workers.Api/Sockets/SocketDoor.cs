using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Engine.Options;

namespace Workers.Api.Sockets;

/// <summary><c>GET /ws?user_id=&amp;client_id=&amp;subscribe=&amp;after=</c>: everything is refused before the upgrade, as problem details.</summary>
internal sealed class SocketDoor(SocketHub hub, SocketOptions options)
{
    public async Task AcceptAsync(HttpContext http)
    {
        var address = new SocketAddress(Id(http, "user_id"), Id(http, "client_id"));
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.Headers.Upgrade = "websocket";
            http.Response.Headers.Connection = "Upgrade";
            await new Problem(StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", "/ws is a WebSocket: connect with Upgrade: websocket").WriteAsync(http);
            return;
        }

        if (Access.RefuseSocket(http) is { } foreign)
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
            await hub.ServeAsync(socket, address, asked, http.RequestAborted);
        }
        finally
        {
            hub.Release(address);
        }
    }

    private static string? Id(HttpContext http, string name)
    {
        var id = http.Request.Query[name].ToString();
        return id.Length == 0 ? null : IdRules.IsId(id) ? id : throw new ProblemException(Problem.BadId(name));
    }
}
