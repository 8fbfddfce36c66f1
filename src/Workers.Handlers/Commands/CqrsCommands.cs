using System.Text.Json;
using Workers.Contracts.Commands;
using Workers.Contracts.Effects;
using Workers.Contracts.Events;
using Workers.Contracts.Json;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Projections;
using Workers.Handlers.Projections;

namespace Workers.Handlers.Commands;

/// <summary>What the doors of document 001 append beside the commands of others: posted events, saved read models, the cleaning of lists.</summary>
internal sealed class CqrsCommands(Lazy<SensitiveMask> mask)
{
    public void Register(HandlerList handlers) => handlers
        .On<PublishEvent>(null, Publish)
        .On<SaveReadModel>(null, Save)
        .On<DeleteReadModel>(null, Delete)
        .On<Cleanup>(null, Clean)
        .On<RecordEventDelivery>(null, Record);

    private Reply Publish(PublishEvent command, CommandContext context)
    {
        var record = context.Publish(command, Bytes(command.Data));
        return Reply.Ok(
            ControlAnswers.Bytes(json =>
            {
                json.WriteString("event_id", record.Id);
                json.WriteString("id", record.Id);
                json.WriteString("type", command.EventType);
                json.WriteString("aggregate_id", command.AggregateId);
                json.WriteString("at", TimeText.Of(record.TimestampMs));
                json.WriteString("origin", OpenEvents.External);
                json.WriteString("command_id", context.CommandId);
                Data(json, command.Data, EventCatalog.Find(command.EventType)?.Type);
            }),
            201);
    }

    private Reply Save(SaveReadModel command, CommandContext context)
    {
        var key = SavedReadModel.KeyOf(command.ModelType, command.ModelId);
        var (saved, projected) = (context.Load(Aggregates.Saved, key), Projected(command.ModelType, command.ModelId, context));
        var decision = ReadModelRules.Decide(saved, projected, command);
        if (decision.Refusal is { } refusal)
        {
            return Reply.Refused(refusal.Code, refusal.Message, refusal.Status);
        }

        var happened = (ReadModelSaved)decision.Events[0];
        context.Put(Aggregates.Saved, key, new SavedReadModel { Version = happened.Version });
        context.Announce(happened);
        return Reply.Ok(
            ControlAnswers.Bytes(json =>
            {
                json.WriteString("id", command.ModelId);
                json.WriteString("type", command.ModelType);
                json.WriteNumber("version", happened.Version);
                Data(json, command.Data, null);
                json.WriteString("updated_at", TimeText.Of(context.Now.ToUnixTimeMilliseconds()));
            }),
            saved is null && projected == 0 ? 201 : 200);
    }

    /// <summary>Whether there is one to be seen is the door's to say: it reads where they are shown.</summary>
    private static Reply Delete(DeleteReadModel command, CommandContext context)
    {
        var decision = ReadModelRules.Decide(Projected(command.ModelType, command.ModelId, context), command);
        context.Put(Aggregates.Saved, SavedReadModel.KeyOf(command.ModelType, command.ModelId), null);
        context.Announce(decision.Events[0]);
        return Reply.Ok(
            ControlAnswers.Bytes(json =>
            {
                json.WriteString("id", command.ModelId);
                json.WriteString("type", command.ModelType);
                json.WriteBoolean("deleted", true);
            }),
            204);
    }

    private static Reply Clean(Cleanup command, CommandContext context)
    {
        context.Call(new RunMaintenance { CommandId = context.CommandId, Action = command.ListName });
        return Reply.Deferred;
    }

    private static Reply Record(RecordEventDelivery command, CommandContext context)
    {
        if (command.Gone)
        {
            context.SendForAll(new UnregisterHandler
            {
                Name = command.EventType,
                Handles = HandlerTargets.Events,
                Registration = command.Registration,
                Reason = command.Reason,
            });
        }

        return Reply.Ok(ControlAnswers.Bytes(json =>
        {
            json.WriteString("event_id", command.EventId);
            json.WriteBoolean("delivered", command.Delivered);
        }));
    }

    private static long Projected(string type, string id, CommandContext context) => type switch
    {
        ReadModelTypes.User => context.Work.GetRepository(Aggregates.User).VersionOf(id),
        ReadModelTypes.Order => context.Work.GetRepository(Aggregates.Order).VersionOf(id),
        ReadModelTypes.Payment => context.Work.GetRepository(Aggregates.Payment).VersionOf(id),
        ReadModelTypes.Product => context.Work.GetRepository(Aggregates.Product).VersionOf(id),
        _ => 0,
    };

    // As the lists show it: the command has it encrypted.
    private void Data(Utf8JsonWriter json, Dictionary<string, JsonElement>? data, Type? type)
    {
        json.WritePropertyName("data");
        json.WriteRawValue(mask.Value.Apply(Bytes(data), type), skipInputValidation: true);
    }

    private static byte[] Bytes(Dictionary<string, JsonElement>? data) => JsonWriting.ToBytes(data ?? [], static (members, json) =>
    {
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    });
}
