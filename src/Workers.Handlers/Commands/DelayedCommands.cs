using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Contracts.Json;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Dispatch;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>Another time for a command that waits for its own.</summary>
internal static class DelayedCommands
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    public static void Register(HandlerList handlers) => handlers.On<RescheduleCommand>(null, Reschedule);

    private static Reply Reschedule(RescheduleCommand command, CommandContext context)
    {
        var id = Guid.Parse(command.TargetId);
        var known = context.OutcomeOf(id);
        if (known is { State: CommandState.Scheduled } && context.FindDelayed(id) is { } timer && Due.Of(timer.Message.Headers) is not null)
        {
            if (timer.DueMs <= context.Now.ToUnixTimeMilliseconds())
            {
                // What sends it may be on its way already.
                return Reply.Refused(Refusal.InvalidStateCode, "Its time has come: it is executed now");
            }

            context.Reschedule(timer, known, command.DueMs ?? 0);
            return Reply.Ok(ControlAnswers.Bytes(json =>
            {
                json.WriteString("id", command.TargetId);
                json.WriteString("schedule_id", command.TargetId);
                json.WriteString("kind", "once");
                json.WriteString("state", CommandState.Scheduled.Name());
                json.WriteTime("at", command.DueMs ?? 0);
            }));
        }

        return known switch
        {
            null when context.Attempt == 1 => throw new RetryLater("What is to be given another time is not stored yet", Soon),
            null => Reply.Refused(Refusal.NotFoundCode, "Scheduled command not found", 404),
            _ => Reply.Refused(Refusal.InvalidStateCode, $"Only a command that waits for its time can be given another; this one is {known.State.Name()}"),
        };
    }
}
