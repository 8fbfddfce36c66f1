using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Json;
using Workers.Engine.Commands;

namespace Workers.Handlers.Commands;

/// <summary>Figures of commands begin anew. Who counts hears of it as everybody does: <see cref="MetricsReset"/>.</summary>
internal static class Figures
{
    public static void Register(HandlerList handlers) => handlers.On<ResetMetrics>(null, Reset);

    /// <summary>The same as an action of the system, <c>parameters.reason</c> says why.</summary>
    public static Reply Reset(RunSystemAction command, CommandContext context) => Reset(
        new ResetMetrics
        {
            Reason = command.Parameters?.GetValueOrDefault("reason") is { ValueKind: JsonValueKind.String } reason && reason.GetString() is { Length: > 0 } text ? text : null,
        },
        context);

    private static Reply Reset(ResetMetrics command, CommandContext context)
    {
        context.Announce(new MetricsReset { Figures = command.Figures, AtMs = context.Now.ToUnixTimeMilliseconds(), Reason = command.Reason });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("reset", command.Figures);
            json.WriteTime("since", context.Now.ToUnixTimeMilliseconds());
        }));
    }
}
