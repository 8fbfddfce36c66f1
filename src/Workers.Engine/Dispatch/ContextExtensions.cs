using MassTransit;
using Workers.Engine.Session;

namespace Workers.Engine.Dispatch;

/// <summary>What a consumer or a state machine gets of the platform from its context.</summary>
public static class ContextExtensions
{
    /// <summary>The unit of work of the record in hand.</summary>
    public static BatchSession Session(this PipeContext context) => context.GetPayload<BatchSession>();

    /// <summary>The time of the record in hand: one for all that it decides. A state machine schedules by it, since the library's delays count from the machine's clock.</summary>
    public static DateTimeOffset Now(this PipeContext context) => context.Session().Scope.Now;
}
