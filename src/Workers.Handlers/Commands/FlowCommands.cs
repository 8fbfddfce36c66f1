using System.Text.Json;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Dispatch;
using Workers.Handlers.Flows;

namespace Workers.Handlers.Commands;

/// <summary>
/// What operators do with flows that are stuck: told to the flow, which does it. Of several who ask at once one is heard, the others are told of it. Tests: RefundFlowTests.
/// </summary>
internal static class FlowCommands
{
    // A flow that has not heard in that time has lost what it was asked, or stands still: then it may be asked again.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static void Register(HandlerList handlers) => handlers
        .On<RetryFlow>(null, (c, x) => Ask(c.SagaId, x, (id, saga) => new FlowRetryRequested { SagaId = id, Saga = saga, Reason = c.Reason }))
        .On<CompensateFlow>(null, (c, x) => Ask(c.SagaId, x, (id, saga) => new FlowCompensationRequested { SagaId = id, Saga = saga, Reason = c.Reason }));

    private static Reply Ask(string id, CommandContext context, Func<string, string, IDomainEvent> make)
    {
        if (Find(id, context) is not { } found)
        {
            return Reply.Refused(Refusal.NotFoundCode, "Saga not found", 404);
        }

        var (flow, instance, state, version) = found;
        if (state != flow.StuckIn)
        {
            return Reply.Refused(
                Refusal.InvalidStateCode, flow.EndsIn.Contains(state) ? $"The flow has ended: it is {state}" : $"The flow is not stuck: it is {state}");
        }

        if (context.Load(Aggregates.FlowRequest, instance) is { } asked && asked.Version == version && context.Now < asked.At + Patience)
        {
            return Reply.Refused(Refusal.InvalidStateCode, $"Another operator's {asked.Command} is under way since {asked.At:HH:mm:ss} UTC", 409);
        }

        context.Put(Aggregates.FlowRequest, instance, new FlowRequest(context.TypeName, version, context.Now));
        context.Tell($"{flow.Saga}/{instance}");
        context.Announce(make(instance, flow.Saga));
        return Reply.Ok(context.Write((flow.Saga, instance, state), static (f, json) =>
        {
            json.WriteStartObject();
            json.WriteString("saga_id"u8, f.instance);
            json.WriteString("saga"u8, f.Saga);
            json.WriteString("was"u8, f.state);
            json.WriteString("status"u8, "REQUESTED"u8);
            json.WriteEndObject();
        }));
    }

    private static (FlowInfo Flow, string Instance, string State, long Version)? Find(string id, CommandContext context)
    {
        foreach (var flow in FlowCatalog.All)
        {
            foreach (var instance in (string[])[id, Ids.Flow(flow.Saga, id).ToString()])
            {
                if (context.Peek(Receivers.FlowKind + flow.Saga, instance) is { } row)
                {
                    using var data = JsonDocument.Parse(row.Data);
                    return (flow, instance, data.RootElement.GetProperty("current_state").GetString()!, row.Version);
                }
            }
        }

        return null;
    }
}
