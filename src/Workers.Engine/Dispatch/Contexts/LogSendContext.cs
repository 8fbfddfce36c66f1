using MassTransit;
using MassTransit.Context;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>A message on its way into the session. The key may be set by the caller as routing or partition key.</summary>
internal sealed class LogSendContext<T>(T message, CancellationToken cancellation)
    : MessageSendContext<T>(message, cancellation), RoutingKeySendContext, PartitionKeySendContext
    where T : class
{
    public string? RoutingKey { get; set; }

    public string? PartitionKey { get; set; }
}
