using MassTransit;

namespace Workers.Engine.Dispatch;

/// <summary>For warming.</summary>
internal sealed record Nothing;

internal sealed class IdleConsumer : IConsumer<Nothing>
{
    public Task Consume(ConsumeContext<Nothing> context) => Task.CompletedTask;
}
