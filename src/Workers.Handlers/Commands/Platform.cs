using Workers.Contracts.Commands;
using Workers.Domain;

namespace Workers.Handlers.Commands;

/// <summary>Commands without a state of their own.</summary>
internal static class Platform
{
    public static void Register(HandlerList handlers) => handlers
        .On<RecordAudit>(null, (c, x) => x.Do(c, PlatformRules.Decide(c), 201))
        .On<RunSystemAction>(null, (c, x) => x.Do(c, PlatformRules.Decide(c), 200));
}
