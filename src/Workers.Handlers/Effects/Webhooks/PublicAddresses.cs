using System.Net;
using System.Net.Sockets;

namespace Workers.Handlers.Effects.Webhooks;

/// <summary>
/// Keeps webhooks from calling what is inside. The name is resolved and checked where the connection is made, so a name that answers differently a
/// second later gains nothing.
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Inside =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    // Their last four bytes, or those after the prefix, are an IPv4 address that is meant.
    private static readonly (IPNetwork Prefix, int At)[] Carriers =
        [(IPNetwork.Parse("::/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    public static bool Contains(IPAddress address)
    {
        var meant = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (Array.Exists(Inside, n => n.Contains(meant)))
        {
            return false;
        }

        var carrier = meant.AddressFamily == AddressFamily.InterNetworkV6 ? Array.Find(Carriers, c => c.Prefix.Contains(meant)) : default;
        return carrier.At == 0 || Contains(new IPAddress(meant.GetAddressBytes().AsSpan(carrier.At, 4)));
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>. Throws <see cref="AddressRefused"/> where any of the host's addresses is inside.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var end = context.DnsEndPoint;
        var addresses = await Dns.GetHostAddressesAsync(end.Host, cancellation);
        if (Array.Find(addresses, a => !Contains(a)) is { } inside)
        {
            throw new AddressRefused(end.Host, inside);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, end.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
