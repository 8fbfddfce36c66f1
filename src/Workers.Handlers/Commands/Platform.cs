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
        .On<ReplayDeadLetter>(null, Replay)
        .On<DiscardDeadLetter>(null, Discard);

    /// <summary>The letter's record goes back to its topic, behind what waits at its key by now.</summary>
    private static Reply Replay(ReplayDeadLetter command, CommandContext context)
    {
        if (Guid.TryParse(command.LetterId, out var id) && context.TakeDeadLetter(id) is { } letter)
        {
            context.Replay(letter);
            return context.Do(command, Decision.Nothing, 200);
        }

        return NotFound();
    }

    private static Reply Discard(DiscardDeadLetter command, CommandContext context) =>
        Guid.TryParse(command.LetterId, out var id) && context.TakeDeadLetter(id) is not null
            ? context.Do(command, Decision.Nothing, 200)
            : NotFound();

    private static Reply NotFound() => Reply.Refused(Refusal.NotFoundCode, "Dead letter not found", 404);
}
