using System.Net;

namespace Workers.Handlers.Effects.Webhooks;

/// <summary>A webhook's host is an address inside: private, link-local, loopback, or not one that is routed.</summary>
public sealed class AddressRefused(string host, IPAddress address)
    : Exception($"{host} is {address}, which is not a public address; Workers:Notifications:AllowPrivateAddresses allows it to notifications, its whole name in Workers:Handlers:AllowedHosts to handlers");
