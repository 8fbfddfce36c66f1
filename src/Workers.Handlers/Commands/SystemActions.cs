using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Domain;
using Workers.Engine.Commands;

namespace Workers.Handlers.Commands;

/// <summary>What is done to the platform by a command. What concerns every worker goes on to the reader of <c>workers.control</c>, with its id.</summary>
internal static class SystemActions
{
    public static Reply Run(RunSystemAction command, CommandContext context)
    {
        if (command.Action is "cleanup" or "rebuild_projection" or "warm_cache")
        {
            context.Call(new RunMaintenance { CommandId = context.CommandId, Action = command.Action });
            return Reply.Deferred;
        }

        if (command.Action == "reset_metrics")
        {
            return Figures.Reset(command, context);
        }

        if (command.Action is not ("pause_queue" or "resume_queue" or "reset_circuit_breaker"))
        {
            return context.Do(command, PlatformRules.Decide(command), 200);
        }

        if (context.Record.Topic != Topics.Control)
        {
            context.Forward();
            return Reply.Deferred;
        }

        return command.Action switch
        {
            "pause_queue" => Queues.Pause(command, context),
            "resume_queue" => Queues.Resume(command, context),
            _ => Circuits.Reset(command, context),
        };
    }
}
