using MassTransit;
using MassTransit.Util;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>Where a consumer gets its send endpoints from: the log's topics, by the last segment of the address.</summary>
internal sealed class LogSendEndpoints(LogReceiveContext receive) : ISendEndpointProvider
{
    public Task<ISendEndpoint> GetSendEndpoint(Uri address) => Task.FromResult<ISendEndpoint>(new LogSendEndpoint(receive, address));

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => new EmptyConnectHandle();
}

/// <summary>Where publishing goes: to the topic of the message's type.</summary>
internal sealed class LogPublishEndpoints(LogReceiveContext receive) : IPublishEndpointProvider
{
    private Task<ISendEndpoint>? _endpoint;

    public Task<ISendEndpoint> GetPublishSendEndpoint<T>()
        where T : class => _endpoint ??= Task.FromResult<ISendEndpoint>(new LogSendEndpoint(receive, null));

    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => new EmptyConnectHandle();
}
