using Workers.Contracts.Commands;
using Workers.Domain;
using Workers.Engine.Commands;

namespace Workers.Handlers.Commands;

/// <summary>Commands without a state of their own.</summary>
internal static class Platform
{
    public static void Register(HandlerList handlers) => handlers
        .On<RecordAudit>(null, (c, x) => x.Do(c, PlatformRules.Decide(c), 201))
        .On<RunSystemAction>(null, SystemActions.Run)
        .On<CustomCommand>(null, (_, _) => Reply.Refused("UNKNOWN_TYPE", "Its own name says which command it is"));
}
