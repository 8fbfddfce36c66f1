using System.Diagnostics.Metrics;

namespace Workers.Api.Sockets;

internal static class SocketMetrics
{
    private static readonly Meter Meter = new("Workers");
    private static readonly UpDownCounter<long> Clients =
        Meter.CreateUpDownCounter<long>("workers.websocket.clients", "{client}", "Clients that are connected to /ws");

    private static readonly Counter<long> Dropped =
        Meter.CreateCounter<long>("workers.websocket.dropped", "{client}", "Clients that were dropped because they took frames too slowly");

    public static void Came() => Clients.Add(1);

    public static void Went() => Clients.Add(-1);

    public static void Drop() => Dropped.Add(1);
}
