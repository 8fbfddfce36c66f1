using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Store;

namespace Workers.Handlers.Commands;

/// <summary>Circuits of services outside: what workers say of theirs, and that somebody closes them. And the list of commands, which is cleared.</summary>
internal static class Circuits
{
    private const string HandlerPrefix = "handler:";

    public static void Register(HandlerList handlers) => handlers
        .On<ResetCircuitBreaker>(null, Reset)
        .On<RecordCircuit>(null, Record)
        .On<ClearHistory>(null, Clear);

    public static Reply Reset(RunSystemAction command, CommandContext context) => Reset(
        new ResetCircuitBreaker
        {
            Name = command.Parameters?.GetValueOrDefault("name") is { ValueKind: JsonValueKind.String } name && name.GetString() is { Length: > 0 } text ? text : "*",
        },
        context);

    private static Reply Reset(ResetCircuitBreaker command, CommandContext context)
    {
        var name = command.Name == "*" ? null : command.Name;
        var before = context.FindControl(ControlKinds.BreakerReset, command.Name);
        context.Write(ControlData.Write(new BreakerReset(name, context.Caller, context.Now.ToUnixTimeMilliseconds())));
        Forget(name, context);
        context.Announce(new CircuitBreakerReset { Name = command.Name, Reason = command.Reason, Before = ControlAnswers.Members(before) });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("reset", name ?? "all");
            json.WriteString("status", "DONE");
        }));
    }

    // What processes have told that are there no more, too: nobody else would take it back.
    private static void Forget(string? name, CommandContext context)
    {
        foreach (var row in context.ControlNames(ControlKinds.Circuit))
        {
            if (Find(row, context) is { } circuit && (name is null || circuit.Name == name))
            {
                context.Write(new ControlWrite(ControlKinds.Circuit, row, context.Now.ToUnixTimeMilliseconds(), null));
                Tell(circuit, circuit with { State = "closed" }, context);
            }
        }
    }

    private static CircuitRow? Find(string row, CommandContext context) => context.FindControl(ControlKinds.Circuit, row) is { } stored
        ? ControlData.ReadCircuit(new ControlRow(ControlKinds.Circuit, row, 0, 0, stored))
        : null;

    private static void Tell(CircuitRow? before, CircuitRow now, CommandContext context)
    {
        if (!now.Name.StartsWith(HandlerPrefix, StringComparison.Ordinal) || (before?.State ?? "closed") == now.State)
        {
            return;
        }

        var handler = now.Name[HandlerPrefix.Length..];
        context.Announce(now.State == "open"
            ? new HandlerUnavailable { Name = handler, Worker = now.Worker, Reason = $"{now.Failures} calls in a row have failed" }
            : new HandlerAvailable { Name = handler, Worker = now.Worker });
    }

    private static Reply Record(RecordCircuit command, CommandContext context)
    {
        var circuit = new CircuitRow(
            command.Worker, command.Name, command.State, command.Failures ?? 0, command.OpenedMs, command.RetryMs, context.Now.ToUnixTimeMilliseconds());
        var write = ControlData.Write(circuit);
        var before = Find(write.Name, context);
        context.Write(command.State == "closed" ? write with { Data = null } : write);
        Tell(before, circuit, context);
        return Reply.Ok("{}"u8.ToArray());
    }

    private static Reply Clear(ClearHistory command, CommandContext context)
    {
        context.Announce(new HistoryCleared { List = command.List, BeforeMs = context.Record.TimestampMs, Reason = command.Reason });
        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteBoolean("cleared", true);
            json.WriteString("before", DateTimeOffset.FromUnixTimeMilliseconds(context.Record.TimestampMs).UtcDateTime);
        }));
    }
}
